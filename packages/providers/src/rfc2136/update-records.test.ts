import { describe, expect, it } from '@jest/globals';
import { CLASS, nameOf, type ObservedRRset, providedKey, printRdata, printRRType, type ResourceRecord } from '@kubezone/core';

import { stateOf } from '../testing/provided-text.ts';
import { nameUpdate, proofOf } from './update-records.ts';

const APEX = nameOf('example.com');
const WWW = 'www.example.com. 300';

/** Before, after, prerequisites, updates: `yx` and `nx` as nsupdate has them, `add` and `delete` too; `*` is any type. */
const CASES: readonly (readonly [string, readonly string[], readonly string[], readonly string[], readonly string[]])[] = [
  ['makes an address', [], [`${WWW} A 192.0.2.1`], ['nx A', 'nx CNAME'], ['add 300 A 192.0.2.1']],
  ['makes a CNAME', [], [`${WWW} CNAME x.example.net.`], ['nx *'], ['add 300 CNAME x.example.net.']],
  [
    'makes two types',
    [],
    [`${WWW} A 192.0.2.1`, `${WWW} AAAA 2001:db8::1`],
    ['nx A', 'nx AAAA', 'nx CNAME'],
    ['add 300 A 192.0.2.1', 'add 300 AAAA 2001:db8::1'],
  ],
  [
    'replaces one address of two',
    [`${WWW} A 192.0.2.1`, `${WWW} A 192.0.2.2`],
    [`${WWW} A 192.0.2.2`, `${WWW} A 192.0.2.3`],
    ['yx A 192.0.2.1', 'yx A 192.0.2.2'],
    ['delete A 192.0.2.1', 'add 300 A 192.0.2.3'],
  ],
  [
    'adds a text beside others',
    [`${WWW} TXT "theirs"`],
    [`${WWW} TXT "ours"`, `${WWW} TXT "theirs"`],
    ['yx TXT "theirs"'],
    ['add 300 TXT "ours"'],
  ],
  ['removes an RRset', [`${WWW} A 192.0.2.1`, `${WWW} A 192.0.2.2`], [], ['yx A 192.0.2.1', 'yx A 192.0.2.2'], ['delete A']],
  [
    'changes a TTL',
    [`${WWW} A 192.0.2.1`],
    ['www.example.com. 60 A 192.0.2.1'],
    ['yx A 192.0.2.1'],
    ['delete A', 'add 60 A 192.0.2.1'],
  ],
  [
    'puts an address in place of a CNAME, the removal first',
    [`${WWW} CNAME x.example.net.`],
    [`${WWW} A 192.0.2.1`],
    ['yx CNAME x.example.net.', 'nx A'],
    ['delete CNAME', 'add 300 A 192.0.2.1'],
  ],
  ['changes nothing where nothing changes', [`${WWW} A 192.0.2.1`], [`${WWW} A 192.0.2.1`], ['yx A 192.0.2.1'], []],
];

describe('the update of a name', () => {
  it.each(CASES)('%s', (_, before, after, prerequisites, updates) => {
    const update = updateOf(before, after);
    expect(update.prerequisites.map(print)).toEqual(prerequisites);
    expect(update.updates.map(print)).toEqual(updates);
  });

  it('puts a CNAME in place of addresses only where no other type stands', () => {
    const { prerequisites, updates } = updateOf([`${WWW} A 192.0.2.1`], [`${WWW} CNAME x.example.net.`]);
    const lines = prerequisites.map(print);
    expect(lines[0]).toBe('yx A 192.0.2.1');
    expect(lines).toEqual(
      expect.arrayContaining([
        'nx CNAME',
        'nx TXT',
        'nx MX',
        'nx AAAA',
        'nx HTTPS',
        'nx NS',
        'nx DNAME',
        'nx TYPE65280',
        'nx TYPE263',
      ]),
    );
    // What signing makes stands beside a CNAME too.
    expect(lines.filter((line) => /RRSIG|NSEC\b|NSEC3\b|TSIG|ANY|\*|nx A$/.test(line))).toEqual([]);
    expect(updates.map(print)).toEqual(['delete *', 'add 300 CNAME x.example.net.']);
  });

  it('sends back what the server sent, in its case', () => {
    const [canonical] = observed(`${WWW} CNAME lb.example.net.`);
    const [sent] = stateOf(`${WWW} CNAME LB.Example.NET.`).rrsets;
    const before = { ...(canonical as ObservedRRset), vendor: sent?.rdatas };
    const update = nameUpdate(APEX, { owner: before.owner, writes: [{ before, after: undefined }] });
    expect(typeof update === 'string' ? update : update.prerequisites.map(print)).toEqual(['yx CNAME LB.Example.NET.']);
  });

  it.each([
    ['elsewhere.example. 300 A 192.0.2.1', {}, 'elsewhere.example. lies outside the zone example.com.'],
    ['xexample.com. 300 A 192.0.2.1', {}, 'xexample.com. lies outside the zone example.com.'],
    [`${WWW} A 192.0.2.1`, { setIdentifier: 'blue' }, 'www.example.com.: DNS knows neither set identifiers nor aliases'],
  ])('is refused: %s %j', (line, more, reason) => {
    const after = { ...(observed(line)[0] as ObservedRRset), ...more };
    expect(nameUpdate(APEX, { owner: after.owner, writes: [{ before: undefined, after }] })).toBe(reason);
  });
});

describe('the proof of what a name holds', () => {
  it('asks for exactly that, and for no other type', () => {
    const lines = proofOf(nameOf('www.example.com'), observed(`${WWW} A 192.0.2.1`, `${WWW} TXT "x"`)).map(print);
    expect(lines.slice(0, 2)).toEqual(['yx A 192.0.2.1', 'yx TXT "x"']);
    expect(lines).toEqual(expect.arrayContaining(['nx AAAA', 'nx CNAME', 'nx MX']));
    expect(lines).not.toContain('nx A');
    expect(lines).not.toContain('nx TXT');
  });

  it('asks for a name that is not in use where there is nothing', () => {
    expect(proofOf(nameOf('www.example.com'), []).map(print)).toEqual(['nx *']);
  });
});

function updateOf(beforeLines: readonly string[], afterLines: readonly string[]) {
  const [before, after] = [observed(...beforeLines), stateOf(...afterLines).rrsets];
  const keys = new Set([...before, ...after].map(providedKey));
  const writes = Array.from(keys, (key) => ({
    before: before.find((rrset) => providedKey(rrset) === key),
    after: after.find((rrset) => providedKey(rrset) === key),
  }));
  const update = nameUpdate(APEX, { owner: nameOf('www.example.com'), writes });
  if (typeof update === 'string') throw new Error(update);
  return update;
}

function observed(...lines: readonly string[]): ObservedRRset[] {
  return stateOf(...lines).rrsets.map(({ owner, type, ttl, rdatas }) => ({ owner, type, ttl, rdatas, vendor: undefined }));
}

/** RFC 2136, sections 2.4 and 2.5: what a class, a TTL and no rdata mean. A record of class IN is a prerequisite where its TTL is 0. */
function print({ type, class: klass, ttl, rdata }: ResourceRecord): string {
  const name = type === 255 ? '*' : printRRType(type);
  if (klass === CLASS.ANY) return `delete ${name}`;
  if (klass === CLASS.NONE) return rdata.length === 0 ? `nx ${name}` : `delete ${name} ${printRdata(type, rdata)}`;
  return ttl === 0 ? `yx ${name} ${printRdata(type, rdata)}` : `add ${ttl} ${name} ${printRdata(type, rdata)}`;
}
