import { describe, expect, it } from '@jest/globals';
import { nameOf, type ObservedRRset, TYPE } from '@kubezone/core';

import { linesOf } from '../testing/provided-text.ts';
import { composeEndpoint, observedEndpoint, observeEndpoints, scanTarget, webhookForm } from './endpoint-rrset.ts';

const observed = (recordType: string, ...targets: readonly string[]): ObservedRRset => {
  const [rrset] = observeEndpoints([{ dnsName: 'www.example.com', recordType, targets, recordTTL: 60 }]).rrsets;
  if (rrset === undefined) throw new RangeError('nothing observed');
  return rrset;
};

describe('an endpoint', () => {
  it.each([
    ['A', ['192.0.2.1'], ['A 192.0.2.1']],
    ['a', ['192.0.2.1'], ['A 192.0.2.1']],
    ['AAAA', ['2001:DB8:0::1'], ['AAAA 2001:db8::1']],
    ['CNAME', ['LB.example.net'], ['CNAME lb.example.net.']],
    ['CNAME', ['lb.example.net.'], ['CNAME lb.example.net.']],
    ['MX', ['10 mail.example.com'], ['MX 10 mail.example.com.']],
    ['SRV', ['0 50 80 h.example.com.'], ['SRV 0 50 80 h.example.com.']],
    ['SRV', ['0 50 80 h.example.com'], ['SRV 0 50 80 h.example.com.']],
    ['TXT', ['"heritage=external-dns,external-dns/owner=me"'], ['TXT "heritage=external-dns,external-dns/owner=me"']],
    ['TXT', ['heritage=external-dns,external-dns/owner=me'], ['TXT "heritage=external-dns,external-dns/owner=me"']],
    ['TXT', ['v=spf1 include:example.net -all; x'], ['TXT "v=spf1 include:example.net -all; x"']],
    ['TXT', ['"a" "b"'], ['TXT "a" "b"']],
    ['TXT', ['"open'], ['TXT "\\"open"']],
    ['TXT', ['back\\slash'], ['TXT "back\\\\slash"']],
    ['TXT', ['café'], ['TXT "caf\\195\\169"']],
    ['TXT', ['x'.repeat(300)], [`TXT "${'x'.repeat(255)}" "${'x'.repeat(45)}"`]],
    ['CAA', ['0 issue "ca.example.net"'], ['CAA 0 issue "ca.example.net"']],
    ['NS', ['ns1.example.net', 'ns1.example.net.'], ['NS ns1.example.net.']],
    ['A', ['lb.example.net'], ['A ALIAS lb.example.net.']],
  ])('of type %s with the targets %j is read', (type, targets, expected) => {
    const [kind = '', alias] = expected[0]?.split(' ') ?? [];
    const lines = expected.map((text) => `www.example.com. 60 ${alias === 'ALIAS' ? text.slice(kind.length + 1) : text}`);
    const shown = linesOf([observed(type, ...targets)]).map((line) => line.replace(' A ALIAS ', ' ALIAS '));
    expect(shown).toEqual(lines);
  });

  it.each([
    ['A', ['192.0.2.256']],
    ['A', ['1.2.3.4.']],
    ['AAAA', ['192.0.2.1']],
    ['MX', ['mail.example.com']],
    ['FANCY', ['x']],
  ])('of type %s with the targets %j is shown, and never written', (type, targets) => {
    const rrset = observed(type, ...targets);
    expect(rrset).toMatchObject({ rdatas: [], properties: { 'webhook/type': type } });
    expect(webhookForm(rrset).untouchable).toContain(`its ${type} data`);
  });

  it('without targets is nothing; with a name that is none it is told', () => {
    const none = { dnsName: 'a..b', recordType: 'A', targets: ['192.0.2.1'] };
    const { rrsets, faults } = observeEndpoints([{ dnsName: 'www.example.com', recordType: 'TXT', targets: [] }, none]);
    expect(rrsets).toEqual([]);
    expect(faults).toEqual([{ dnsName: 'a..b', reason: 'empty label in name "a..b"' }]);
  });

  it('has no TTL where it says 0, or what is none', () => {
    for (const recordTTL of [0, -1, 2 ** 31])
      expect(
        observeEndpoints([{ dnsName: 'a.example', recordType: 'A', targets: ['192.0.2.1'], recordTTL }]).rrsets[0]?.ttl,
      ).toBe(0);
  });

  it('may stand for each record of an RRset; what goes is the whole', () => {
    const [rrset, ...rest] = observeEndpoints(
      ['192.0.2.2', '192.0.2.1'].map((target) => ({ dnsName: 'www.example.com', recordType: 'A', targets: [target] })),
    ).rrsets;
    expect(rest).toEqual([]);
    expect(linesOf([rrset as ObservedRRset])).toEqual(['www.example.com. 0 A 192.0.2.1', 'www.example.com. 0 A 192.0.2.2']);
    expect(observedEndpoint(rrset as ObservedRRset).targets).toEqual(['192.0.2.2', '192.0.2.1']);
  });
});

describe('an RRset', () => {
  it('is sent as external-dns writes it', () => {
    const rdata = scanTarget(TYPE.MX, '10 mail.example.com') as Uint8Array;
    const rrset = { owner: nameOf('*.example.com'), type: TYPE.MX, ttl: 60, rdatas: [rdata], setIdentifier: 'a' };
    expect(composeEndpoint({ ...rrset, properties: { b: '2', a: '1' } })).toEqual({
      dnsName: '*.example.com',
      recordType: 'MX',
      targets: ['10 mail.example.com'],
      recordTTL: 60,
      setIdentifier: 'a',
      providerSpecific: [
        { name: 'a', value: '1' },
        { name: 'b', value: '2' },
      ],
    });
  });

  it('keeps the text of other writers’ values, and their labels', () => {
    const endpoint = {
      dnsName: 'www.example.com',
      recordType: 'TXT',
      targets: ['v=1; raw', '"quoted"'],
      labels: { owner: 'me' },
    };
    const [before] = observeEndpoints([endpoint]).rrsets as [ObservedRRset];
    const after = { ...before, rdatas: [...before.rdatas, scanTarget(TYPE.TXT, '"ours"') as Uint8Array] };
    const sent = composeEndpoint(after, before);
    expect(new Set(sent.targets)).toEqual(new Set(['v=1; raw', '"quoted"', '"ours"']));
    expect(sent.labels).toEqual({ owner: 'me' });
  });
});
