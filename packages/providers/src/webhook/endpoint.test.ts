import { describe, expect, it } from '@jest/globals';

import { isMediaType, readChanges, readEndpoints } from './endpoint.ts';

const WWW = { dnsName: 'www.example.com', targets: ['192.0.2.1'], recordType: 'A' };

describe('endpoints', () => {
  it('are read whatever the case of their keys', () => {
    const text = { DNSName: 'www.example.com', Targets: ['192.0.2.1'], RecordType: 'A', recordttl: 60, SETIDENTIFIER: 'blue' };
    expect(readEndpoints([text])).toEqual([{ ...WWW, recordTTL: 60, setIdentifier: 'blue' }]);
  });

  it('keep labels and properties', () => {
    const endpoint = { ...WWW, labels: { owner: 'me' }, providerSpecific: [{ name: 'webhook/a', value: 'b' }] };
    expect(readEndpoints([endpoint])).toEqual([endpoint]);
  });

  it.each([
    ['null', null, []],
    ['empty fields of every kind', [{ ...WWW, setIdentifier: '', recordTTL: 0, labels: {}, providerSpecific: null }], [WWW]],
    ['an endpoint that is nil', [null, WWW], [WWW]],
    ['an endpoint without anything', [{}], [{ dnsName: '', targets: [], recordType: '' }]],
    ['fields that nobody knows', [{ ...WWW, future: [1] }], [WWW]],
  ])('are read from %s', (_, value, expected) => {
    expect(readEndpoints(value)).toEqual(expected);
  });

  it.each([
    ['an object', {}, 'a list of endpoints is expected, an object found'],
    ['a text', [WWW, 'x'], 'endpoint 1: an object is expected, a string found'],
    ['a name that is a number', [{ ...WWW, dnsName: 1 }], 'endpoint 0: dnsName, recordType and setIdentifier are texts'],
    ['targets that are no texts', [{ ...WWW, targets: [1] }], 'endpoint 0: targets are a list of texts'],
    ['a TTL that is a text', [{ ...WWW, recordTTL: '60' }], 'endpoint 0: recordTTL is a whole number'],
    ['labels that are a list', [{ ...WWW, labels: [] }], 'endpoint 0: labels are an object of texts'],
    ['properties without text', [{ ...WWW, providerSpecific: [{ name: 'a', value: 1 }] }], 'endpoint 0: providerSpecific is'],
  ])('are not read from %s', (_, value, reason) => {
    expect(readEndpoints(value)).toMatch(reason);
  });
});

describe('changes', () => {
  it.each(['create,updateOld,updateNew,delete', 'Create,UpdateOld,UpdateNew,Delete'])('are read with the keys %s', (keys) => {
    const [create = '', updateOld = '', updateNew = '', deleted = ''] = keys.split(',');
    const value = { [create]: [WWW], [updateOld]: null, [updateNew]: [], [deleted]: [WWW] };
    expect(readChanges(value)).toEqual({ create: [WWW], updateOld: [], updateNew: [], delete: [WWW] });
  });

  it.each([
    [[], 'changes are expected, a list found'],
    [{ create: [{ targets: 1 }] }, 'create: endpoint 0: targets are a list of texts'],
  ])('are not read from %j', (value, reason) => {
    expect(readChanges(value)).toBe(reason);
  });
});

it.each([
  ['application/external.dns.webhook+json;version=1', true],
  ['Application/External.DNS.Webhook+JSON; version="1"', true],
  ['application/external.dns.webhook+json;version=2', false],
  ['application/json', false],
  [undefined, false],
])('the content type %s is the protocol’s: %s', (text, expected) => {
  expect(isMediaType(text)).toBe(expected);
});
