import type { DesiredRRset } from '@kubezone/core';

import { MAX_HOSTNAMES } from '../annotations/list.ts';
import type { Target } from '../annotations/target.ts';
import { DNS_ENDPOINTS, type DnsEndpointObject } from '../resources/dns-endpoint.ts';
import { desireEntry } from './dns-endpoint-entry.ts';
import { keptFor, type ObjectSourceOptions, readAnnotations } from './object-source.ts';
import { ProblemList } from './problem-list.ts';
import type { Desire, Source } from './source.ts';

export interface DnsEndpointOptions extends ObjectSourceOptions {
  /** Targets of entries of type A, AAAA and CNAME that give none. @default none: their names exist without data */
  readonly defaultTargets?: readonly Target[];
}

/**
 * RRsets of any type as external-dns's custom resource states them, each with its own name, TTL and targets. A target that is no rdata of
 * its type is dropped and reported; the others stand.
 */
export function dnsEndpoint(options: DnsEndpointOptions): Source<DnsEndpointObject> {
  const { naming, defaultTargets = [] } = options;
  const path = 'spec.endpoints';

  return {
    kind: 'dnsendpoint',
    resource: DNS_ENDPOINTS,
    reads: [],
    indexes: [],
    ...keptFor(options),
    desire(object): Desire {
      const read = readAnnotations(object, options);
      if (read.kind === 'silent') return read.desire;
      const problems = new ProblemList();
      const desired: DesiredRRset[] = [];
      const { endpoints } = object;
      if (endpoints.length > MAX_HOSTNAMES) {
        const message = `${path}: found ${endpoints.length} endpoints, expected at most ${MAX_HOSTNAMES}; none of them is used`;
        problems.add({ code: 'LIST_TOO_LONG', path, message });
      } else {
        for (const [index, entry] of endpoints.entries()) {
          desireEntry(entry, defaultTargets, naming, `${path}[${index}]`, desired, problems);
        }
      }
      return { desired, problems: [...read.external.problems, ...problems.all()], ...problems.outside() };
    },
  };
}
