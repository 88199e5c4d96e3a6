import { describe, expect, it } from '@jest/globals';

import { readBatchFaults } from './change-batch-error.ts';

/** Texts as users of AWS have reported them in public issues. */
const EXISTS = "Tried to create resource record set [name='\\052.example.com.', type='CNAME'] but it already exists";
const EXISTS_IN_SET =
  "Tried to create resource record set [name='www.example.com.', type='A', set-identifier='a, b'] but it already exists";
const GONE = "Tried to delete resource record set [name='www.example.com.', type='A'] but it was not found";
const OTHER =
  "Tried to delete resource record set [name='www.example.com.', type='A'] but the values provided do not match the current values";
const BESIDE =
  'RRSet of type CNAME with DNS name www.example.com. is not permitted as it conflicts with other records with the same DNS name in zone example.com.';
const UNDER =
  'RRSet of type A with DNS name www.example.com. is not permitted because a conflicting RRSet of type  CNAME with the same DNS name already exists in zone example.com.';
const APEX = 'RRSet of type CNAME with DNS name example.com. is not permitted at apex in zone example.com.';
const OUTSIDE = 'RRSet with DNS name www.example.net. is not permitted in zone example.com.';
const ADDRESS =
  "Invalid Resource Record: FATAL problem: ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address) encountered with 'ns-738.awsdns-28.net.'";
const TARGET =
  'Tried to create an alias that targets d1.elb.amazonaws.com., type A in zone Z1, but the alias target name does not lie within the target zone';
const TWICE = "The request contains an invalid set of changes for a resource record set 'A www.example.com.'";

describe('the texts of a refused batch', () => {
  it.each([
    [EXISTS, 'conflict', '*.example.com.'],
    [EXISTS_IN_SET, 'conflict', 'www.example.com.'],
    [GONE, 'conflict', 'www.example.com.'],
    [OTHER, 'conflict', 'www.example.com.'],
    [BESIDE, 'conflict', 'www.example.com.'],
    [UNDER, 'conflict', 'www.example.com.'],
    [APEX, 'refused', 'example.com.'],
    [OUTSIDE, 'refused', 'www.example.net.'],
    [ADDRESS, 'refused', undefined],
    [TARGET, 'refused', undefined],
    [TWICE, 'refused', 'www.example.com.'],
    ['Number of records limit of 1000 exceeded.', 'refused', undefined],
  ])('%s', (text, kind, owner) => {
    expect(readBatchFaults([`[${text}]`])).toEqual([{ kind, owner, text }]);
  });

  it('are told apart in a list, whatever commas they have', () => {
    const texts = [EXISTS_IN_SET, ADDRESS, BESIDE, TARGET, GONE];
    expect(readBatchFaults([`[${texts.join(', ')}]`]).map(({ text }) => text)).toEqual(texts);
  });

  it('are read one by one from the older form', () => {
    expect(readBatchFaults([GONE, ADDRESS]).map(({ kind }) => kind)).toEqual(['conflict', 'refused']);
  });
});
