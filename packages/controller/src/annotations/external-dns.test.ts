import { describe, expect, it } from '@jest/globals';

import { type ExternalDnsAnnotations, type ExternalDnsOptions, readExternalDns } from './external-dns.ts';

/** By the newer prefix, but for names with a slash, which are whole. */
function read(short: Record<string, string>, options: ExternalDnsOptions = { target: 'honour' }): ExternalDnsAnnotations {
  const annotations = Object.fromEntries(
    Object.entries(short).map(([name, value]) => [name.includes('/') ? name : `external-dns.kubernetes.io/${name}`, value]),
  );
  return readExternalDns({ annotations }, options);
}

const OLD = 'external-dns.alpha.kubernetes.io';

describe("external-dns's annotations", () => {
  it.each<[Record<string, string>, Partial<ExternalDnsAnnotations>]>([
    [{}, { ignored: false, hostnamesGiven: false, hostnames: [], targetsGiven: false, targets: [] }],
    [{ hostname: ' a , b.example.com.,, ' }, { hostnamesGiven: true, hostnames: ['a', 'b.example.com.'] }],
    [{ hostname: '' }, { hostnamesGiven: true, hostnames: [] }],
    [{ [`${OLD}/hostname`]: 'a' }, { hostnames: ['a'] }],
    [
      { [`${OLD}/hostname`]: 'b', [`${OLD}/ttl`]: '5', hostname: 'b' },
      { hostnames: ['b'], ttl: 5 },
    ],
    [{ 'internal-hostname': 'i,j' }, { hostnamesGiven: false, internalHostnames: ['i', 'j'] }],
    [{ access: 'private' }, { access: 'private' }],
    [{ 'endpoints-type': 'HostIP' }, { endpointsType: 'HostIP' }],
    [{ 'set-identifier': 'x' }, { setIdentifier: 'x' }],
    [{ alias: 'true' }, { alias: true, properties: { alias: 'true' } }],
    [{ alias: 'false' }, { alias: false, properties: { alias: 'false' } }],
    [{ 'record-type': 'ptr' }, { properties: { 'record-type': 'ptr' } }],
    [{ 'record-type': '' }, { hostnames: [] }],
    [{ 'ingress-hostname-source': 'annotation-only' }, { ingressHostnameSource: 'annotation-only' }],
    [{ 'gateway-hostname-source': 'defined-hosts-only' }, { gatewayHostnameSource: 'defined-hosts-only' }],
    [{ controller: 'dns-controller' }, { ignored: false }],
    [{ controller: '' }, { ignored: true }],
    [
      { controller: 'other', hostname: 'a' },
      { ignored: true, hostnames: [] },
    ],
    [
      { 'kubezone.io/ignore': 'true', hostname: 'a' },
      { ignored: true, hostnames: [] },
    ],
    [
      { 'kubezone.io/ignore': 'false', hostname: 'a' },
      { ignored: false, hostnames: ['a'] },
    ],
    [
      {
        'aws-weight': '10',
        'scw-x': '1',
        'webhook-a-b': '2',
        'coredns-group': 'g',
        [`${OLD}/cloudflare-tags`]: 't',
        'azure-tags': 'u',
        other: 'z',
      },
      {
        properties: {
          'aws/weight': '10',
          'scw/x': '1',
          'webhook/a-b': '2',
          'coredns/group': 'g',
          'external-dns.kubernetes.io/cloudflare-tags': 't',
          'external-dns.kubernetes.io/azure-tags': 'u',
        },
      },
    ],
    [{ '__proto__/x': 'y', constructor: 'z' }, { ignored: false }],
  ])('%j', (annotations, expected) => {
    const found = read(annotations);
    expect(found).toMatchObject(expected);
    expect(found.problems).toEqual([]);
  });

  it('are for a controller of another name where that is configured', () => {
    expect(read({ controller: 'ours' }, { target: 'honour', controller: 'ours' }).ignored).toBe(false);
    expect(read({ controller: 'dns-controller' }, { target: 'honour', controller: 'ours' }).ignored).toBe(true);
  });

  it('give targets only where they are honoured', () => {
    expect(read({ target: 'lb.test' })).toMatchObject({ targetsGiven: true, targets: [{ kind: 'hostname', name: 'lb.test.' }] });
    expect(read({ target: 'no target!' }, { target: 'ignore' })).toMatchObject({
      targetsGiven: false,
      targets: [],
      problems: [],
    });
  });

  it.each<[Record<string, string>, string]>([
    [
      { hostname: 'new', [`${OLD}/hostname`]: 'old' },
      'metadata.annotations["external-dns.alpha.kubernetes.io/hostname"]: found "old", but external-dns.kubernetes.io/hostname says "new", and that is used; expected one of the two, or the same in both [ANNOTATION_SHADOWED]',
    ],
    [
      { ttl: 'soon' },
      'metadata.annotations["external-dns.kubernetes.io/ttl"]: found "soon", expected a number of seconds up to 2147483647, or a duration such as 1m30s [ANNOTATION_INVALID]',
    ],
    [
      { 'record-type': 'A' },
      'metadata.annotations["external-dns.kubernetes.io/record-type"]: found "A", expected "ptr" [ANNOTATION_INVALID]',
    ],
    [
      { access: 'Public' },
      'metadata.annotations["external-dns.kubernetes.io/access"]: found "Public", expected "public" or "private" [ANNOTATION_INVALID]',
    ],
    [
      { target: '1.2.3.4,1.2.3.400' },
      'metadata.annotations["external-dns.kubernetes.io/target"]: found "1.2.3.400", expected an IP address or a host name [TARGET_INVALID]',
    ],
    [
      { target: Array.from({ length: 1001 }, () => '1.2.3.4').join(',') },
      'metadata.annotations["external-dns.kubernetes.io/target"]: found 1001 targets, expected at most 1000; none of them is used [LIST_TOO_LONG]',
    ],
    [
      { 'kubezone.io/ignore': 'TRUE' },
      'metadata.annotations["kubezone.io/ignore"]: found "TRUE", expected "true" or "false" [OPT_IN_INVALID]',
    ],
  ])('say what is wrong with them: %#', (annotations, expected) => {
    const { problems } = read(annotations);
    expect(problems.map(({ message, code }) => `${message} [${code}]`)).toEqual([expected]);
  });

  it('count under the newer prefix, where the older one says something else', () => {
    expect(read({ [`${OLD}/hostname`]: 'a', [`${OLD}/ttl`]: '5', hostname: 'b' })).toMatchObject({ hostnames: ['b'], ttl: 5 });
  });

  it('are in order where both prefixes say the same', () => {
    expect(read({ hostname: 'a', [`${OLD}/hostname`]: 'a' }).problems).toEqual([]);
  });
});
