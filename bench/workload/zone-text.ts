import { closeSync, openSync, writeSync } from 'node:fs';

import { APEX, chainEnd, hostAddress, multiAddresses, probeAddress, TTL, wildcardAddress, type ZonePlan } from './zone-plan.ts';

/** Lines written at once. */
const LINES_PER_WRITE = 20_000;

/**
 * The first lines of the zone file: all that differs from revision to revision (the serial and the probe's address), always equally long, so that a new revision is
 * a copy with these octets replaced.
 */
export function zoneHeader(revision: number): string {
  return [
    `$ORIGIN ${APEX}.`,
    `$TTL ${TTL}`,
    `@ IN SOA ns1 hostmaster ${1_000_000_000 + revision} 3600 900 1209600 60`,
    `probe IN A ${probeAddress(revision)}`,
    '@ IN NS ns1',
    '@ IN NS ns2',
    'ns1 IN A 192.0.2.53',
    'ns2 IN A 192.0.2.54',
    '',
  ].join('\n');
}

/** The lines after the header, in an order that sorts nothing. */
export function* zoneLines(plan: ZonePlan): Generator<string> {
  for (let index = 0; index < plan.hosts; index++) yield `host-${index} IN A ${hostAddress(index)}`;
  for (let index = 0; index < plan.multis; index++)
    for (const address of multiAddresses(index)) yield `multi-${index} IN A ${address}`;
  for (let index = 0; index < plan.wildcards; index++) yield `*.wild-${index} IN A ${wildcardAddress(index)}`;
  for (let index = 0; index < plan.chains; index++) {
    yield `three-${index} IN CNAME two-${index}`;
    yield `two-${index} IN CNAME mid-${index}`;
    yield `mid-${index} IN CNAME host-${chainEnd(plan, index)}`;
  }
  for (let index = 0; index < plan.cuts; index++) {
    for (const server of ['ns1', 'ns2']) yield `cut-${index} IN NS ${server}.cut-${index}`;
    yield `ns1.cut-${index} IN A 198.51.100.1`;
    yield `ns2.cut-${index} IN A 198.51.100.2`;
  }
}

/** Writes the first revision of the zone file. */
export function writeZoneFile(file: string, plan: ZonePlan): void {
  const out = openSync(file, 'w');
  try {
    writeSync(out, zoneHeader(0));
    let lines: string[] = [];
    for (const line of zoneLines(plan)) {
      lines.push(line);
      if (lines.length < LINES_PER_WRITE) continue;
      writeSync(out, `${lines.join('\n')}\n`);
      lines = [];
    }
    if (lines.length > 0) writeSync(out, `${lines.join('\n')}\n`);
  } finally {
    closeSync(out);
  }
}
