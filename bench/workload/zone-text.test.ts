import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { nameOf, readZoneFile } from '@kubezone/core';

import { writeRevision } from '../measure/change.ts';
import { MIXES, planQueries } from './mixes.ts';
import { APEX, planZone, probeAddress } from './zone-plan.ts';
import { writeZoneFile, zoneHeader } from './zone-text.ts';

const plan = planZone(2000);
let folder: string;
let file: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kubezone-bench-test-'));
  file = join(folder, 'bench.zone');
  writeZoneFile(file, plan);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The RRsets of a zone file by `OWNER TYPE`, and how many records there are. */
function read(path: string): { readonly rrsets: Set<string>; readonly records: number } {
  const rrsets = new Set<string>();
  let records = 0;
  const diagnostics = readZoneFile(readFileSync(path, 'utf8'), { file: path, origin: nameOf(`${APEX}.`) }, (record) => {
    records++;
    rrsets.add(`${record.owner} ${record.type}`);
  });
  expect(diagnostics).toEqual([]);
  return { rrsets, records };
}

describe('the zone of the benchmarks', () => {
  it('has as many RRsets and records as its plan says', () => {
    const { rrsets, records } = read(file);
    expect(rrsets.size).toBe(plan.rrsets);
    expect(records).toBe(plan.records);
  });

  it.each([100, 999, 1000, 10_000, 1_000_000])('has %d names when it is told to', (names) => {
    const { hosts, multis, wildcards, chains, cuts } = planZone(names);
    expect(hosts + multis + wildcards + 3 * chains + 3 * cuts).toBe(names);
    expect(hosts).toBeGreaterThan(names * 0.9);
  });

  it('is not made of fewer names than it takes to have each kind', () => {
    expect(() => planZone(99)).toThrow(RangeError);
    expect(() => planZone(Number.NaN)).toThrow(RangeError);
  });

  it('is the same in every run', () => {
    const again = join(folder, 'again.zone');
    writeZoneFile(again, plan);
    expect(readFileSync(again, 'utf8')).toBe(readFileSync(file, 'utf8'));
  });

  it('differs from its next revision in the serial and the address of the probe alone', () => {
    const next = join(folder, 'next.zone');
    writeRevision(file, next, 7);
    const lines = readFileSync(next, 'utf8').split('\n');
    const before = readFileSync(file, 'utf8').split('\n');
    expect(lines.filter((line, at) => line !== before[at])).toEqual([
      '@ IN SOA ns1 hostmaster 1000000007 3600 900 1209600 60',
      `probe IN A ${probeAddress(7)}`,
    ]);
  });

  it('has headers of one length, and another address of the probe, in each of 9,000 revisions', () => {
    const headers = Array.from({ length: 9000 }, (_, revision) => zoneHeader(revision));
    expect(new Set(headers.map(({ length }) => length)).size).toBe(1);
    expect(new Set(headers.map((_, revision) => probeAddress(revision))).size).toBe(9000);
  });
});

describe('the queries of a mix', () => {
  it.each(MIXES.map((mix) => [mix.name, mix] as const))('%s are the same in every run', (_name, mix) => {
    expect([...planQueries(mix, plan, 50)]).toEqual([...planQueries(mix, plan, 50)]);
  });

  it.each(MIXES.map((mix) => [mix.name, mix] as const))(
    '%s ask for what the zone has, or for what it must not have',
    (_name, mix) => {
      const { rrsets } = read(file);
      for (const { name, rcode, answer } of planQueries(mix, plan, 300)) {
        const owner = `${name.toLowerCase()}.`;
        const wildcard = `${owner.replace(/^[^.]+/, '*')} 1`;
        expect(rcode).toBe(mix.rcode);
        expect(rrsets.has(`${owner} 1`) || rrsets.has(`${owner} 5`) || rrsets.has(wildcard)).toBe(rcode === 'NOERROR');
        expect(answer.length > 0).toBe(rcode === 'NOERROR');
      }
    },
  );

  it('follow chains of two and of three CNAMEs', () => {
    const chains = MIXES.find(({ name }) => name === 'cname');
    const lengths = chains === undefined ? [] : [...planQueries(chains, plan, 100)].map(({ answer }) => answer.length);
    expect(new Set(lengths)).toEqual(new Set([3, 4]));
  });

  it('vary the letter case from query to query', () => {
    const mixed = MIXES.find(({ name }) => name === '0x20');
    const names = mixed === undefined ? [] : [...planQueries(mixed, plan, 100)].map(({ name }) => name);
    const apexes = new Set(names.map((name) => name.slice(-APEX.length)));
    expect(apexes.size).toBeGreaterThan(50);
    expect(new Set([...apexes].map((apex) => apex.toLowerCase()))).toEqual(new Set([APEX]));
  });
});
