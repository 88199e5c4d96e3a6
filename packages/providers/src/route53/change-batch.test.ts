import { describe, expect, it } from '@jest/globals';
import { nameOf, type ProvidedRRset, type RRsetWrite } from '@kubezone/core';

import { stateOf } from '../testing/provided-text.ts';
import { type BatchLimits, changesOf, composeChanges, packBatches, sizeOf, VENDOR_LIMITS } from './change-batch.ts';
import { composeRecordSet } from './record-set.ts';

/** A name that is made, with its marker: two changes. */
function creation(index: number, text = 'ours') {
  const owner = nameOf(`h${index}.example.com`);
  const marker = nameOf(`_owner.h${index}.example.com`);
  const rrsets: readonly ProvidedRRset[] = stateOf(`${owner} 300 A 192.0.2.1`, `${marker} 300 TXT "${text}"`).rrsets;
  return composeChanges({ owner, writes: rrsets.map((after) => ({ before: undefined, after })) });
}

const names = (count: number, text?: string) => Array.from({ length: count }, (_, index) => creation(index, text));
const sizes = (count: number, limits: Partial<BatchLimits>, text?: string): readonly number[] =>
  packBatches(names(count, text), { ...VENDOR_LIMITS, ...limits }).batches.map((batch) => batch.length);

describe('batches', () => {
  it.each([
    ['changes', 25, { changes: 11 }, [5, 5, 5, 5, 5]],
    ['records', 25, { records: 11 }, [5, 5, 5, 5, 5]],
    ['characters (15 a name)', 25, { characters: 75 }, [5, 5, 5, 5, 5]],
    ['nothing', 25, {}, [25]],
    ['records, as many as Route 53 takes', 501, {}, [500, 1]],
  ])('are limited by %s, and part no name', (_, count, limits, expected) => {
    expect(sizes(count, limits)).toEqual(expected);
  });

  it.each([
    [5, [2, 2, 1]],
    [4, [2, 2, 1]],
    [3, [1, 1, 1, 1, 1]],
    [1, [1, 1, 1, 1, 1]],
    [5000, [5]],
  ])('hold %s changes where they are asked to, and a name that has more goes alone', (batchChangeSize, expected) => {
    expect(sizes(5, { batchChangeSize })).toEqual(expected);
  });

  it('leave out a name that alone is too large, and take the others', () => {
    const large = creation(1, 'x'.repeat(200));
    const { batches, tooLarge } = packBatches([creation(0), large, creation(2)], { ...VENDOR_LIMITS, characters: 100 });
    expect(batches.map((batch) => batch.map(({ owner }) => owner))).toEqual([['h0.example.com.', 'h2.example.com.']]);
    expect(tooLarge).toEqual([large]);
  });

  it('delete and create again what stays as it is, where something else changes: it is a condition', () => {
    const owner = nameOf('www.example.com');
    const [found, marker] = stateOf('www.example.com. 300 A 192.0.2.1', 'www.example.com. 300 TXT "ours"').rrsets.map(
      (rrset) => ({ ...rrset, vendor: composeRecordSet(rrset) }),
    );
    const [wanted] = stateOf('www.example.com. 300 A 192.0.2.2').rrsets;
    const kept = { before: marker, after: marker };
    const actionsOf = (writes: readonly RRsetWrite[], withConditions?: boolean): string[] =>
      changesOf([composeChanges({ owner, writes })], withConditions).map(
        ({ Action, ResourceRecordSet }) => `${Action} ${ResourceRecordSet?.Type}`,
      );
    expect(actionsOf([{ before: found, after: wanted }, kept])).toEqual(['DELETE A', 'DELETE TXT', 'CREATE A', 'CREATE TXT']);
    expect(actionsOf([{ before: found, after: wanted }, kept], false)).toEqual(['DELETE A', 'CREATE A']);
    expect(actionsOf([kept])).toEqual([]);
  });

  it('count an alias as one record', () => {
    const owner = nameOf('www.example.com');
    const alias = { name: nameOf('d1.cloudfront.net'), zoneId: 'Z2FDTNDATAQYW2' };
    const changes = composeChanges({
      owner,
      writes: [{ before: undefined, after: { owner, type: 1, ttl: 0, rdatas: [], alias } }],
    });
    expect(sizeOf(changes)).toEqual({ records: 1, characters: 0, changes: 1 });
  });

  it('delete before they create, and delete what Route 53 has returned', () => {
    const owner = nameOf('www.example.com');
    const [found, wanted] = stateOf('www.example.com. 300 A 192.0.2.1', 'www.example.com. 300 AAAA 2001:db8::1')
      .rrsets as readonly [ProvidedRRset, ProvidedRRset];
    const vendor = { Name: 'www.example.com.', Type: 'A', TTL: 300, ResourceRecords: [{ Value: '192.000.002.001' }] };
    const replaced = composeChanges({
      owner,
      writes: [
        { before: undefined, after: wanted },
        { before: { ...found, vendor }, after: undefined },
      ],
    });
    expect(
      changesOf([creation(0), replaced]).map(
        ({ Action, ResourceRecordSet }) => `${Action} ${ResourceRecordSet?.Name} ${ResourceRecordSet?.Type}`,
      ),
    ).toEqual([
      'DELETE www.example.com. A',
      'CREATE h0.example.com. A',
      'CREATE _owner.h0.example.com. TXT',
      'CREATE www.example.com. AAAA',
    ]);
    expect(replaced.deletes[0]?.ResourceRecordSet).toBe(vendor);
  });

  it('hold nothing for what is as it shall be', () => {
    const owner = nameOf('www.example.com');
    const [rrset] = stateOf('www.example.com. 300 A 192.0.2.1').rrsets as readonly [ProvidedRRset];
    const before = { ...rrset, vendor: composeRecordSet(rrset) };
    const changes = composeChanges({ owner, writes: [{ before, after: rrset }] });
    expect(changesOf([changes])).toEqual([]);
    expect(changes.observed).toEqual([before]);
  });
});
