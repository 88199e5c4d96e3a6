import { describe, expect, it } from '@jest/globals';

import { isFailure, type ParseFailure } from '../failure.ts';
import { nameOf } from '../name/owner-name.ts';
import { printAddress } from '../rr/address.ts';
import { printRRset } from '../rr/record-text.ts';
import {
  checkZoneConfig,
  configuredNames,
  configuredRRsets,
  type NameServer,
  scanMailbox,
  scanSoaNs,
  type ZoneConfig,
} from './zone-config.ts';

function serversOf(text: string): readonly NameServer[] {
  const servers = scanSoaNs(text);
  if (isFailure(servers)) throw new RangeError(servers.message);
  return servers;
}

function configOf(apex: string, soaNs: string): ZoneConfig {
  const soa = { mailbox: nameOf('admin.lb.test'), refresh: 3600, retry: 900, expire: 86_400, ttl: 30, negativeTtl: 5 };
  return { apex: nameOf(apex), ttl: 60, soa, nameservers: serversOf(soaNs) };
}

describe('scanSoaNs', () => {
  it.each([
    ['ns1.lb.test:192.0.2.53,2001:db8::53', ['ns1.lb.test. 192.0.2.53 2001:db8::53']],
    ['ns1.example.net', ['ns1.example.net.']],
    ['ns1.example.net.;ns2.example.net.', ['ns1.example.net.', 'ns2.example.net.']],
    [' NS1.Lb.Test : 192.0.2.53 , 192.0.2.54 ; ns2.lb.test:::1 ', ['ns1.lb.test. 192.0.2.53 192.0.2.54', 'ns2.lb.test. ::1']],
    ['ns1.lb.test:::ffff:192.0.2.53', ['ns1.lb.test. 192.0.2.53']],
    ['ns1.lb.test;', ['ns1.lb.test.']],
    ['bücher.test', ['xn--bcher-kva.test.']],
  ])('scans %s', (text, expected) => {
    const printed = serversOf(text).map(({ name, addresses }) =>
      [name, ...addresses.map(({ rdata }) => printAddress(rdata))].join(' '),
    );
    expect(printed).toEqual(expected);
  });

  it.each([
    ['', 'BAD_FIELD', 'names no name server', 0],
    [' ; ', 'BAD_FIELD', 'names no name server', 0],
    [':1.2.3.4', 'NAME_EMPTY_LABEL', '":1.2.3.4" does not begin with the name', 0],
    ['@:1.2.3.4', 'NAME_EMPTY_LABEL', 'does not begin with the name', 0],
    ['.:1.2.3.4', 'NAME_EMPTY_LABEL', 'does not begin with the name', 0],
    ['ns1.lb.test; :1.2.3.4', 'NAME_EMPTY_LABEL', '":1.2.3.4" does not begin with the name', 13],
    ['ns1..test', 'NAME_EMPTY_LABEL', 'name server "ns1..test": empty label', 0],
    ['ns1.lb.test:192.0.2.1, 192.0.2.300', 'BAD_FIELD', 'name server ns1.lb.test.: "192.0.2.300" is no IPv4 or IPv6 address', 23],
    ['ns1.lb.test:', 'BAD_FIELD', '"" is no IPv4 or IPv6 address', 12],
    ['ns1.lb.test:192.0.2.1,', 'BAD_FIELD', '"" is no IPv4 or IPv6 address', 22],
    ['ns1.lb.test:53', 'BAD_FIELD', '"53" is no IPv4 or IPv6 address', 12],
  ])('refuses "%s"', (text, code, message, offset) => {
    const failure = scanSoaNs(text) as ParseFailure;
    expect(failure).toMatchObject({ code, offset });
    expect(failure.message).toContain(message);
  });
});

describe('scanMailbox', () => {
  it.each([
    ['admin@lb.test', 'admin.lb.test.'],
    ['admin@example.com.', 'admin.example.com.'],
    ['deep.subdomain@example.com', String.raw`deep\.subdomain.example.com.`],
    ['Host.Master@Example.COM', String.raw`host\.master.example.com.`],
    [String.raw`a\b@example.com`, String.raw`a\\b.example.com.`],
    ['"a@b"@example.com', String.raw`\"a\@b\".example.com.`],
    ['dns@bücher.test', 'dns.xn--bcher-kva.test.'],
  ])('scans %s as %s', (text, name) => {
    expect(scanMailbox(text)).toBe(name);
  });

  it.each(['', 'admin.lb.test', '@lb.test', 'admin@', 'admin@.', 'a b@lb.test'])('refuses "%s"', (text) => {
    expect(scanMailbox(text)).toMatchObject({
      code: 'BAD_FIELD',
      message: `"${text}" is no mail address; local-part@domain is expected`,
    });
  });

  it('says what is wrong with the domain', () => {
    expect(scanMailbox('admin@lb..test')).toMatchObject({ code: 'NAME_EMPTY_LABEL' });
  });
});

describe('configuredRRsets', () => {
  it('makes SOA, NS and the addresses of name servers in the zone', () => {
    const config = configOf('lb.test', 'ns1.lb.test:192.0.2.53,2001:db8::53;ns2.example.net:192.0.2.99');
    expect(configuredRRsets(config).map(printRRset)).toEqual([
      'lb.test. 30 IN SOA ns1.lb.test. admin.lb.test. 0 3600 900 86400 5',
      'lb.test. 60 IN NS ns1.lb.test.\nlb.test. 60 IN NS ns2.example.net.',
      'ns1.lb.test. 60 IN A 192.0.2.53',
      'ns1.lb.test. 60 IN AAAA 2001:db8::53',
    ]);
    expect(checkZoneConfig(config)).toEqual([
      expect.objectContaining({
        code: 'GLUE_OUT_OF_ZONE',
        severity: 'warning',
        message: expect.stringContaining('ns2.example.net.'),
      }),
    ]);
  });

  it('gives the apex the addresses of a name server of the same name', () => {
    expect(configuredRRsets(configOf('lb.test', 'lb.test:192.0.2.53')).map(printRRset)).toEqual([
      'lb.test. 30 IN SOA lb.test. admin.lb.test. 0 3600 900 86400 5',
      'lb.test. 60 IN NS lb.test.',
      'lb.test. 60 IN A 192.0.2.53',
    ]);
  });

  it('unites the addresses of a name server that is given twice', () => {
    const config = configOf('lb.test', 'ns1.lb.test:192.0.2.1;ns1.lb.test:192.0.2.2,192.0.2.1');
    expect(configuredRRsets(config).slice(1).map(printRRset)).toEqual([
      'lb.test. 60 IN NS ns1.lb.test.',
      'ns1.lb.test. 60 IN A 192.0.2.1\nns1.lb.test. 60 IN A 192.0.2.2',
    ]);
  });

  it('takes another primary where one is given', () => {
    const config = configOf('lb.test', 'ns1.example.net');
    const [soa] = configuredRRsets({ ...config, soa: { ...config.soa, primary: nameOf('hidden.example.net') } });
    expect(soa && printRRset(soa)).toContain('SOA hidden.example.net. admin.lb.test.');
  });
});

describe('checkZoneConfig', () => {
  it('finds nothing wrong with a good configuration', () => {
    expect(checkZoneConfig(configOf('lb.test', 'ns1.lb.test:192.0.2.53;ns2.example.net'))).toEqual([]);
  });

  it('asks for the addresses of a name server in the zone', () => {
    expect(checkZoneConfig(configOf('lb.test', 'ns.example.net;a.b.lb.test'))).toEqual([
      {
        code: 'NS_WITHOUT_GLUE',
        severity: 'error',
        message: 'zone lb.test.: the name server a.b.lb.test. is in the zone and needs an address: nobody else can know it',
      },
    ]);
  });

  it('takes a Service for the addresses of a name server in the zone, whose name then exists from the start', () => {
    const service = { name: nameOf('dns1.kube-system.lb.test'), addresses: [], service: 'kube-system/dns1' };
    const config = { ...configOf('lb.test', 'ns1.lb.test:192.0.2.53;ns2.example.net'), nameservers: [service] };
    expect(checkZoneConfig(config)).toEqual([]);
    expect(configuredRRsets(config).map(printRRset).slice(1)).toEqual(['lb.test. 60 IN NS dns1.kube-system.lb.test.']);
    expect(configuredNames(config)).toEqual(['dns1.kube-system.lb.test.']);
  });

  it('knows the names of name servers in the zone, each once', () => {
    expect(configuredNames(configOf('lb.test', 'ns1.lb.test:192.0.2.53;ns2.example.net;ns1.lb.test:192.0.2.54'))).toEqual([
      'ns1.lb.test.',
    ]);
  });

  it('asks for a name server', () => {
    const config = { ...configOf('lb.test', 'ns.example.net'), nameservers: [] };
    expect(checkZoneConfig(config)).toEqual([expect.objectContaining({ code: 'NO_NAME_SERVER', severity: 'error' })]);
  });

  it.each<[{ ttl?: number; soa?: Partial<ZoneConfig['soa']> }, string]>([
    [{ ttl: 2 ** 31 }, 'the TTL is 2147483648; a whole number of seconds from 0 to 2147483647 is expected'],
    [{ ttl: 1.5 }, 'the TTL is 1.5;'],
    [{ soa: { negativeTtl: -1 } }, 'the negative TTL (MINIMUM) is -1;'],
    [{ soa: { expire: 2 ** 32 } }, 'the expire timer is 4294967296; a whole number of seconds from 0 to 4294967295'],
  ])('finds the number out of range in %j', ({ soa, ...change }, message) => {
    const config = configOf('lb.test', 'ns.example.net');
    expect(checkZoneConfig({ ...config, ...change, soa: { ...config.soa, ...soa } })).toEqual([
      { code: 'BAD_NUMBER', severity: 'error', message: expect.stringContaining(message) },
    ]);
  });
});
