import { isFailure, scanAddress, TYPE } from '@kubezone/core';

import { hostsOfRule } from './rule-hosts.ts';
import { isKnownSource, isSameSource } from './source-names.ts';
import { type TemplateFunction, textOf } from './template-function.ts';
import { quote } from './template-failure.ts';
import type { Workbench } from './workbench.ts';

/** What external-dns adds for objects, and `hosts`. */
export const OBJECT_FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  isIPv4: { min: 1, max: 1, call: ([text], bench) => isAddress(textOf(text, 'isIPv4', bench), TYPE.A) },
  isIPv6: { min: 1, max: 1, call: ([text], bench) => isAddress(textOf(text, 'isIPv6', bench), TYPE.AAAA) },
  isSource: {
    min: 1,
    max: 1,
    call: ([name], bench) => {
      const text = textOf(name, 'isSource', bench);
      if (!isKnownSource(text)) bench.fail('TEMPLATE_ARGUMENT', `found the source ${quote(text)}, which does not exist`);
      return isSameSource(text, bench.source);
    },
  },
  fromJson: { min: 1, max: 1, call: ([text], bench) => parseJson(textOf(text, 'fromJson', bench), bench) },
  /** The hosts of a Traefik rule: ``Host(`a.example.com`) && PathPrefix(`/api`)``. One that cannot be read gives none, and is noted: Traefik drops that rule alone too. */
  hosts: {
    min: 1,
    max: 1,
    call: ([rule], bench) => {
      const text = textOf(rule, 'hosts', bench);
      const hosts = hostsOfRule(text);
      if (hosts !== undefined) return hosts;
      bench.note(`found ${quote(text)}, expected a rule such as Host(\`example.com\`); it gives no hosts`);
      return [];
    },
  },
};

function isAddress(text: string, type: typeof TYPE.A | typeof TYPE.AAAA): boolean {
  const address = scanAddress(text);
  return !isFailure(address) && address.type === type;
}

/** Nothing of nothing: an annotation that is not there holds no JSON. */
function parseJson(text: string, bench: Workbench): unknown {
  if (text === '') return undefined;
  bench.limit(text.length);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return bench.fail('TEMPLATE_ARGUMENT', `found ${quote(text)} as an argument of fromJson, expected JSON`);
  }
}
