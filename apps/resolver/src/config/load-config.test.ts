import { describe, expect, it, jest } from '@jest/globals';

import { SOURCE_NAMES } from '@kubezone/app';
import { nameOf } from '@kubezone/core';
import { resolveRateLimits } from '@kubezone/dns-server';

import { configOf, configuredZone, load, loadFile, mistakesOf } from '../testing/load-text.ts';

const ZONE = ['--zone', 'lb.test', '--soa-ns', 'ns1.lb.test:192.0.2.53,2001:db8::53', '--soa-email', 'admin@lb.test'];

describe('flags', () => {
  it("have k8s-node-dns's defaults", () => {
    expect(configOf(load(ZONE))).toEqual({
      clusters: [{ kind: 'kubernetes', name: 'kubernetes', kubeconfig: undefined, context: undefined, namespaces: [] }],
      sources: ['node-area', 'node-service'],
      relativeTo: ['lb.test.'],
      cookieSecrets: undefined,
      tcp: { maxConnections: 1000, maxConnectionsPerClient: 200, idleTimeoutSeconds: 10 },
      shutdownDelaySeconds: 0,
      sourceRules: {
        annotations: {
          areas: 'k8s.pootis.network/node-areas',
          ips: 'k8s.pootis.network/node-ips',
          service: 'k8s.pootis.network/dns',
          target: 'ignore',
        },
        gatewayAcceptance: 'enforce',
      },
      fake: undefined,
      catalog: { claims: [], claimsDefault: 'open', crossNamespaceMerge: true },
      hostnameTargets: { mode: 'flatten', servers: undefined, timeoutMs: undefined, staleForMs: undefined },
      fallthrough: undefined,
      reports: undefined,
      zones: [
        {
          apex: 'lb.test.',
          ttl: 30,
          rotate: true,
          ptr: false,
          kind: 'configured',
          config: {
            apex: 'lb.test.',
            ttl: 30,
            soa: { mailbox: 'admin.lb.test.', refresh: 3600, retry: 900, expire: 86_400, ttl: 30, negativeTtl: 30 },
            nameservers: [
              {
                name: 'ns1.lb.test.',
                addresses: [
                  { type: 1, rdata: Uint8Array.of(192, 0, 2, 53) },
                  { type: 28, rdata: Uint8Array.of(0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x53) },
                ],
              },
            ],
          },
        },
      ],
      listen: [
        { address: '0.0.0.0', port: 53 },
        { address: '::', port: 53 },
      ],
      metrics: [],
      nsid: undefined,
      udpWorkers: 1,
      udpPayloadSize: 1232,
      rateLimits: resolveRateLimits({}),
      log: { level: 'info', format: 'json' },
    });
  });

  it.each([0, 3600, 3601, 2 ** 31 - 1])('may give any TTL that there is: %i', (ttl) => {
    expect(configOf(load([...ZONE, '--ttl', String(ttl)])).zones[0]).toMatchObject({ ttl });
  });

  it('set every key', () => {
    const flags =
      '--ttl 60 --soa-refresh=1 --soa-retry=2 --soa-expire=4294967295 --soa-ttl=4 --soa-neg-ttl=5 --zone-file static.test=a.zone ' +
      '--listen 127.0.0.1:5300 --listen [::1]:5301 --source node-service --source zone-file --source node-area --manifests manifests ' +
      '--areas-annotation x.test/areas --ips-annotation ips --service-annotation x/dns --metrics :9153 --nsid lb-1 --shutdown-delay 5 ' +
      '--log-level warn --log-format text';
    const config = configOf(load([...ZONE, ...flags.split(' ')]));
    expect(config).toMatchObject({
      clusters: [{ kind: 'manifests', name: 'manifests', folder: '/home/me/manifests' }],
      sources: ['node-service', 'zone-file', 'node-area'],
      sourceRules: { annotations: { areas: 'x.test/areas', ips: 'ips', service: 'x/dns' } },
      listen: [
        { address: '127.0.0.1', port: 5300 },
        { address: '::1', port: 5301 },
      ],
      metrics: [
        { address: '0.0.0.0', port: 9153 },
        { address: '::', port: 9153 },
      ],
      nsid: 'lb-1',
      shutdownDelaySeconds: 5,
      log: { level: 'warn', format: 'text' },
    });
    expect(config.zones[0]).toMatchObject({
      ttl: 60,
      kind: 'configured',
      config: { ttl: 60, soa: { refresh: 1, retry: 2, expire: 2 ** 32 - 1, ttl: 4, negativeTtl: 5 } },
    });
    expect(config.zones[1]).toEqual({
      apex: 'static.test.',
      ttl: 60,
      rotate: true,
      ptr: false,
      kind: 'file',
      path: '/home/me/a.zone',
    });
  });

  it('serve several zones with shared name servers and one mail address', () => {
    const config = configOf(
      load(['--zone', 'a.test', '--zone', 'B.Test.', '--soa-ns', 'ns.a.test:192.0.2.1', '--soa-email', 'me@a.test']),
    );
    const zones = [0, 1].map((index) => configuredZone(config, index));
    expect(zones.map(({ apex, nameservers, soa }) => [apex, nameservers[0]?.name, soa.mailbox])).toEqual([
      ['a.test.', 'ns.a.test.', 'me.a.test.'],
      ['b.test.', 'ns.a.test.', 'me.a.test.'],
    ]);
  });

  it('give each zone its own name servers and mail address, in the order of --zone', () => {
    const flags =
      '--zone a.test --soa-ns ns.a.test:192.0.2.1 --soa-email a.b@a.test ' +
      '--zone b.test --soa-ns ns.b.test:192.0.2.2;ns.a.test --soa-email b@b.test';
    const config = configOf(load(flags.split(' ')));
    const zones = [0, 1].map((index) => configuredZone(config, index));
    expect(zones.map(({ nameservers, soa }) => [nameservers.map(({ name }) => name), soa.mailbox])).toEqual([
      [['ns.a.test.'], 'a\\.b.a.test.'],
      [['ns.b.test.', 'ns.a.test.'], 'b.b.test.'],
    ]);
  });

  it.each([
    [['--bind', '192.0.2.1'], [{ address: '192.0.2.1', port: 53 }]],
    [['--bind', '2001:db8::1', '--port', '5300'], [{ address: '2001:db8::1', port: 5300 }]],
    [
      ['--bind', '', '--port', '5300'],
      [
        { address: '0.0.0.0', port: 5300 },
        { address: '::', port: 5300 },
      ],
    ],
    [
      ['--port=1', '--port=65535'],
      [
        { address: '0.0.0.0', port: 65_535 },
        { address: '::', port: 65_535 },
      ],
    ],
    [
      ['--listen', ':5300'],
      [
        { address: '0.0.0.0', port: 5300 },
        { address: '::', port: 5300 },
      ],
    ],
    [
      ['--listen', '127.0.0.1:0', '--listen', '127.0.0.1:0'],
      [
        { address: '127.0.0.1', port: 0 },
        { address: '127.0.0.1', port: 0 },
      ],
    ],
  ])('listen as %j say', (words, listen) => {
    expect(configOf(load([...ZONE, ...words])).listen).toEqual(listen);
  });

  it('serve a zone file alone without any cluster', () => {
    const config = configOf(load(['--zone-file', 'example.com=b=c.zone']));
    expect(config.clusters).toEqual([]);
    expect(config.zones).toEqual([
      { apex: 'example.com.', ttl: 30, rotate: true, ptr: false, kind: 'file', path: '/home/me/b=c.zone' },
    ]);
  });

  it.each([
    [
      ['--source', 'node-area'],
      ['zone-file', 'node-area'],
    ],
    [
      ['--kubeconfig', 'kube.yaml', '--context', 'prod'],
      ['zone-file', 'node-area', 'node-service'],
    ],
  ])('watch a cluster beside a zone file where %j asks for it', (words, sources) => {
    const config = configOf(load(['--zone-file', 'example.com=a.zone', ...words]));
    expect(config.clusters).toHaveLength(1);
    expect(config.sources).toEqual(sources);
  });

  it('say an IPv6 address in its canonical form', () => {
    const words = ['--listen', '[0:0:0:0:0:0:0:1]:53', '--metrics', '[FE80::0:1%eth0]:9153'];
    expect(configOf(load([...ZONE, ...words]))).toMatchObject({
      listen: [{ address: '::1', port: 53 }],
      metrics: [{ address: 'fe80::1%eth0', port: 9153 }],
    });
    expect(configOf(load([...ZONE, '--bind', '0:0::1'])).listen).toEqual([{ address: '::1', port: 53 }]);
  });

  it('print version and help', () => {
    expect(load(['--version'])).toEqual({ kind: 'text', text: 'kubezone-resolver 1.2.3\n' });
    const help = load(['--zone', 'bad zone', '--help']);
    expect(help).toMatchObject({ kind: 'text', text: expect.stringContaining('Usage: kubezone-resolver --zone NAME') });
    expect(load(['-h'])).toEqual(help);
  });
});

describe('a mistake in flags', () => {
  it.each<readonly [readonly string[], readonly string[]]>([
    [[], ['--zone: expected at least one zone: --zone, --zone-file, or zones in --config [MISSING]']],
    [
      ['--soa-ns', 'ns.x', '--soa-email', 'a@b'],
      ['--zone: expected at least one zone: --zone, --zone-file, or zones in --config [MISSING]'],
    ],
    [
      ['--zone', 'a.test'],
      [
        '--soa-ns: expected NAME[:ADDRESS,ADDRESS][;NAME...] [MISSING]',
        '--soa-email: expected a mail address such as hostmaster@example.com [MISSING]',
      ],
    ],
    [['--zon', 'a.test'], ['--zon: there is no such flag; did you mean --zone? [UNKNOWN_FLAG]']],
    [[...ZONE, '-zone', 'b.test'], ['-zone: there is no such flag; write --zone [UNKNOWN_FLAG]']],
    [
      [...ZONE, '--api-token=s3cr3t', '--zap-log-level', 'debug', 'stray'],
      [
        '--api-token: there is no such flag; --help lists all flags [UNKNOWN_FLAG]',
        '--zap-log-level: there is no such flag; use --log-level [UNKNOWN_FLAG]',
        'command line: found "stray"; expected flags only [UNEXPECTED_ARGUMENT]',
      ],
    ],
    [
      [...ZONE, '--help=x', '--version='],
      ['--help: it takes no value [BAD_VALUE]', '--version: it takes no value [BAD_VALUE]'],
    ],
    [
      [...ZONE, '--ttl', '--port', '5300'],
      [
        '--ttl: found the flag --port; expected a value [NO_VALUE]',
        'command line: found "5300"; expected flags only [UNEXPECTED_ARGUMENT]',
      ],
    ],
    [['--config', ''], ['--config: found ""; expected the path of a file [BAD_VALUE]']],
    [['--source', 'zone-file'], ['--zone: expected at least one zone: --zone, --zone-file, or zones in --config [MISSING]']],
    [
      [...ZONE, '--source', 'zone-file', '--manifests', 'manifests'],
      ['--source: found "zone-file"; expected a zone with a file, which zone-file reads [EXCLUDED]'],
    ],
    [
      [...ZONE, '--listen', '[::ffff:127.0.0.1]:7396'],
      [
        '--listen: found "[::ffff:127.0.0.1]:7396"; expected ADDRESS:PORT, such as 192.0.2.1:53, [2001:db8::1]:53, or :53 for all addresses ("::ffff:127.0.0.1" is an IPv4 address; write 127.0.0.1) [BAD_VALUE]',
      ],
    ],
    [
      [...ZONE, '--bind', '::ffff:7f00:1'],
      [
        '--bind: found "::ffff:7f00:1"; expected an IPv4 or IPv6 address, without a port; or "" for all ("::ffff:7f00:1" is an IPv4 address; write 127.0.0.1) [BAD_VALUE]',
      ],
    ],
    [
      [...ZONE, '--listen', '[::1]:53', '--listen', '[0:0:0:0:0:0:0:1]:53'],
      ['--listen: found "[0:0:0:0:0:0:0:1]:53"; expected each address once; [::1]:53 is given before [DUPLICATE]'],
    ],
    ...['a b', 'a\tb'].map((zone): readonly [readonly string[], readonly string[]] => [
      ['--zone', zone, '--soa-ns', 'ns.x', '--soa-email', 'a@b'],
      [`--zone: found ${JSON.stringify(zone)}; expected a domain name [BAD_VALUE]`],
    ]),
    [
      ['--zone', '*.lb.test', '--soa-ns', 'ns.x', '--soa-email', 'a@b'],
      ['--zone: found "*.lb.test"; expected a domain name ("*.lb.test" is a wildcard) [BAD_VALUE]'],
    ],
    [[...ZONE, '--', 'serve'], ['command line: found "serve"; expected flags only [UNEXPECTED_ARGUMENT]']],
    [[...ZONE, '--port'], ['--port: expected a value after it [NO_VALUE]']],
    [
      ['--zone', '--soa-ns', 'ns.x', '--soa-email=a@b'],
      [
        '--zone: found the flag --soa-ns; expected a value [NO_VALUE]',
        'command line: found "ns.x"; expected flags only [UNEXPECTED_ARGUMENT]',
      ],
    ],
    [[...ZONE, '--port', '0'], ['--port: found "0"; expected a whole number from 1 to 65535 [BAD_VALUE]']],
    [[...ZONE, '--port', '65536'], ['--port: found "65536"; expected a whole number from 1 to 65535 [BAD_VALUE]']],
    [[...ZONE, '--port', 'dns'], ['--port: found "dns"; expected a whole number from 1 to 65535 [BAD_VALUE]']],
    [
      [...ZONE, '--port', '-1', '--ttl', '-1'],
      [
        '--port: found "-1"; expected a whole number from 1 to 65535 [BAD_VALUE]',
        '--ttl: found "-1"; expected a whole number of seconds from 0 to 2147483647 [BAD_VALUE]',
      ],
    ],
    [
      [...ZONE, '--bind', 'localhost'],
      ['--bind: found "localhost"; expected an IPv4 or IPv6 address, without a port; or "" for all [BAD_VALUE]'],
    ],
    [
      [...ZONE, '--listen', '127.0.0.1:53', '--port', '53', '--bind', '::1'],
      [
        '--bind: found "::1"; not allowed beside --listen, which says both [EXCLUDED]',
        '--port: found "53"; not allowed beside --listen, which says both [EXCLUDED]',
      ],
    ],
    ...['127.0.0.1', '::1:53', '[::1]', '[192.0.2.1]:53', 'localhost:53', '192.0.2.1:65536', '192.0.2.1:', ''].map(
      (text): readonly [readonly string[], readonly string[]] => [
        [...ZONE, '--listen', text],
        [
          `--listen: found ${JSON.stringify(text)}; expected ADDRESS:PORT, such as 192.0.2.1:53, [2001:db8::1]:53, or :53 for all addresses [BAD_VALUE]`,
        ],
      ],
    ),
    [
      [...ZONE, '--listen', ':53', '--listen', '0.0.0.0:53'],
      ['--listen: found "0.0.0.0:53"; expected each address once; 0.0.0.0:53 is given before [DUPLICATE]'],
    ],
    [
      [...ZONE, '--metrics', '9153'],
      [
        '--metrics: found "9153"; expected ADDRESS:PORT, such as 192.0.2.1:53, [2001:db8::1]:53, or :53 for all addresses [BAD_VALUE]',
      ],
    ],
    [
      [...ZONE, '--ttl', '2147483648'],
      ['--ttl: found "2147483648"; expected a whole number of seconds from 0 to 2147483647 [BAD_VALUE]'],
    ],
    [[...ZONE, '--ttl', 'x'], ['--ttl: found "x"; expected a whole number of seconds from 0 to 2147483647 [BAD_VALUE]']],
    [
      [...ZONE, '--soa-ttl', '1h'],
      ['--soa-ttl: found "1h"; expected a whole number of seconds from 0 to 2147483647 [BAD_VALUE]'],
    ],
    [
      [...ZONE, '--soa-neg-ttl', '1.5'],
      ['--soa-neg-ttl: found "1.5"; expected a whole number of seconds from 0 to 2147483647 [BAD_VALUE]'],
    ],
    [
      [...ZONE, '--soa-refresh', '4294967296'],
      ['--soa-refresh: found "4294967296"; expected a whole number of seconds from 0 to 4294967295 [BAD_VALUE]'],
    ],
    [
      [...ZONE, '--soa-retry', ''],
      ['--soa-retry: found ""; expected a whole number of seconds from 0 to 4294967295 [BAD_VALUE]'],
    ],
    [
      [...ZONE, '--soa-expire', 'never'],
      ['--soa-expire: found "never"; expected a whole number of seconds from 0 to 4294967295 [BAD_VALUE]'],
    ],
    [
      [...ZONE, '--zone', 'lb.TEST.'],
      ['--zone: found "lb.TEST."; expected each zone once; lb.test. is given before [DUPLICATE]'],
    ],
    [
      ['--zone', 'a..test', '--soa-ns', 'ns.x', '--soa-email', 'a@b'],
      ['--zone: found "a..test"; expected a domain name (empty label in name "a..test") [BAD_VALUE]'],
    ],
    [['--zone', '@', '--soa-ns', 'ns.x', '--soa-email', 'a@b'], ['--zone: found "@"; expected a domain name [BAD_VALUE]']],
    [
      ['--zone', 'a.test', '--zone', 'b.test', '--zone', 'c.test', '--soa-ns', 'ns.x', '--soa-ns', 'ns.y', '--soa-email', 'a@b'],
      [
        '--soa-ns: found it 2 times; expected it once for all zones, or once for each of the 3 --zone, in their order [BAD_VALUE]',
      ],
    ],
    [
      ['--zone-file', 'a.test=a.zone', '--soa-email', 'a@b', '--soa-ttl', '5'],
      [
        '--soa-email: found "a@b"; expected --zone beside it, whose zone it describes [EXCLUDED]',
        '--soa-ttl: found "5"; expected --zone beside it, whose zone it describes [EXCLUDED]',
      ],
    ],
    [
      ['--zone-file', 'a.zone'],
      ['--zone-file: found "a.zone"; expected ZONE=PATH, such as example.com=example.zone [BAD_VALUE]'],
    ],
    [
      ['--zone-file', 'a.test=none.zone'],
      ['--zone-file: found "/home/me/none.zone"; expected a file that can be read (no such file or directory) [UNREADABLE]'],
    ],
    [
      ['--zone-file', 'a.test=a.zone', '--zone-file', 'a.test=a.zone'],
      ['--zone-file: found "a.test"; expected each zone once; a.test. is given before [DUPLICATE]'],
    ],
    [
      [...ZONE, '--manifests', 'nowhere'],
      ['--manifests: found "/home/me/nowhere"; expected a folder that can be read (no such file or directory) [UNREADABLE]'],
    ],
    [[...ZONE, '--manifests', ''], ['--manifests: found ""; expected the path of a folder [BAD_VALUE]']],
    [
      [...ZONE, '--manifests', 'manifests', '--kubeconfig', 'kube.yaml', '--context', 'c'],
      [
        '--kubeconfig: found "kube.yaml"; not allowed beside --manifests; --config takes several clusters [EXCLUDED]',
        '--context: found "c"; not allowed beside --manifests; --config takes several clusters [EXCLUDED]',
      ],
    ],
    [
      [...ZONE, '--kubeconfig', 'nowhere'],
      ['--kubeconfig: found "/home/me/nowhere"; expected a file that can be read (no such file or directory) [UNREADABLE]'],
    ],
    [
      [...ZONE, '--source', 'Ingress'],
      [`--source: found "Ingress"; expected one of ${SOURCE_NAMES.join(', ')}; did you mean ingress? [BAD_VALUE]`],
    ],
    [
      [...ZONE, '--source', 'node-area', '--source', 'node-area'],
      ['--source: found "node-area"; expected each source once [DUPLICATE]'],
    ],
    [
      [...ZONE, '--source', 'zone-file'],
      ['--source: found "zone-file"; expected a zone with a file, which zone-file reads [EXCLUDED]'],
    ],
    [
      ['--zone-file', 'a.test=a.zone', '--source', 'zone-file', '--manifests', 'manifests'],
      ['--source: found a list of 1; expected a source that reads the configured cluster beside zone-file [EXCLUDED]'],
    ],
    [
      [...ZONE, '--areas-annotation', 'a b'],
      ['--areas-annotation: found "a b"; expected an annotation key such as example.com/areas [BAD_VALUE]'],
    ],
    [
      [...ZONE, '--ips-annotation', 'A.test/x'],
      ['--ips-annotation: found "A.test/x"; expected an annotation key such as example.com/areas [BAD_VALUE]'],
    ],
    [
      [...ZONE, '--service-annotation', ''],
      ['--service-annotation: found ""; expected an annotation key such as example.com/areas [BAD_VALUE]'],
    ],
    [[...ZONE, '--nsid', ''], ['--nsid: found ""; expected text of 1 to 128 octets [BAD_VALUE]']],
    [[...ZONE, '--log-level', 'trace'], ['--log-level: found "trace"; expected one of debug, info, warn, error [BAD_VALUE]']],
    [[...ZONE, '--log-format', 'xml'], ['--log-format: found "xml"; expected one of json, text [BAD_VALUE]']],
    [
      ['--config', 'none.yaml'],
      [
        `--config: found "none.yaml"; expected a file that can be read (ENOENT: no such file or directory, open '/home/me/none.yaml') [UNREADABLE]`,
      ],
    ],
  ])('is named: %j', (words, messages) => {
    expect(mistakesOf(load(words))).toEqual(messages);
  });

  it.each([
    ['admin', 'a mail address'],
    ['', 'a mail address'],
    ['@x.test', 'a mail address'],
    ['a@@b', 'a mail address'],
    ['a@b@c', 'a mail address'],
  ])('in --soa-email is named: %j', (email, expected) => {
    const [message, ...others] = mistakesOf(load(['--zone', 'a.test', '--soa-ns', 'ns.x', '--soa-email', email]));
    expect(others).toEqual([]);
    expect(message).toMatch(new RegExp(`^--soa-email: found ${JSON.stringify(email)}; expected ${expected} .*\\[BAD_VALUE\\]$`));
  });

  it.each([
    ['', 'names no name server'],
    [':192.0.2.1', 'does not begin with the name'],
    ['ns.x:192.0.2.256', '192.0.2.256'],
    [';', 'names no name server'],
    ['ns.a.test', 'ns.a.test'],
  ])('in --soa-ns is named: %j', (servers, reason) => {
    const [message, ...others] = mistakesOf(load(['--zone', 'a.test', '--soa-ns', servers, '--soa-email', 'a@b']));
    expect(others).toEqual([]);
    expect(message).toMatch(/^--soa-ns: found ".*"; .*\[BAD_VALUE\]$/);
    expect(message).toContain(reason);
  });
});

const FULL = `
clusters:
  - {name: prod, kubeconfig: prod.kubeconfig, context: admin, namespaces: [shop, default]}
  - {name: lab, manifests: ./manifests}
sources: [node-service, zone-file, node-area]
annotations: {areas: x.test/areas}
zones:
  - name: Example.COM
    ttl: 60
    rotate: false
    soa: {email: hostmaster@example.com, refresh: 1, retry: 2, expire: 3, ttl: 4, negativeTtl: 5}
    nameservers: [{name: ns1.example.com, addresses: [192.0.2.53]}, {name: ns.other.test}]
  - {name: static.test, file: a.zone}
listen: [":5300", "127.0.0.1:5301"]
metrics: 127.0.0.1:9153
nsid: n1
udpPayloadSize: 4096
udpWorkers: 3
relativeTo: [example.com]
cookieSecrets: [env:COOKIES, file:cookie, 0123456789abcdef0123456789ABCDEF]
tcp: {maxConnections: 5, maxConnectionsPerClient: 4, idleTimeout: 3}
shutdownDelay: 2
log: {level: debug, format: text}
owner: {id: prod, secrets: [s3cr3t]}
providers: [{selector: [example.com], provider: cloudflare, providerOptions: {apiToken: s3cr3t}}]
policy: sync
safety: {maxDeletes: 30%, window: 10m, minRecords: 10, emptyGrace: forever}
interval: 1m
`;

describe('a configuration file', () => {
  it('comes to the same shape as flags', () => {
    const config = configOf(loadFile(FULL));
    expect(config).toMatchObject({
      clusters: [
        {
          kind: 'kubernetes',
          name: 'prod',
          kubeconfig: '/etc/kubezone/prod.kubeconfig',
          context: 'admin',
          namespaces: ['shop', 'default'],
        },
        { kind: 'manifests', name: 'lab', folder: '/etc/kubezone/manifests' },
      ],
      sources: ['node-service', 'zone-file', 'node-area'],
      sourceRules: {
        annotations: { areas: 'x.test/areas', ips: 'k8s.pootis.network/node-ips', service: 'k8s.pootis.network/dns' },
      },
      zones: [
        {
          apex: 'example.com.',
          ttl: 60,
          rotate: false,
          config: {
            soa: { mailbox: 'hostmaster.example.com.', refresh: 1, retry: 2, expire: 3, ttl: 4, negativeTtl: 5 },
            nameservers: [{ name: 'ns1.example.com.' }, { name: 'ns.other.test.', addresses: [] }],
          },
        },
        { apex: 'static.test.', kind: 'file', path: '/etc/kubezone/a.zone' },
      ],
      listen: [{ port: 5300 }, { port: 5300 }, { address: '127.0.0.1', port: 5301 }],
      metrics: [{ address: '127.0.0.1', port: 9153 }],
      nsid: 'n1',
      udpWorkers: 3,
      udpPayloadSize: 4096,
      relativeTo: ['example.com.'],
      tcp: { maxConnections: 5, maxConnectionsPerClient: 4, idleTimeoutSeconds: 3 },
      shutdownDelaySeconds: 2,
      log: { level: 'debug', format: 'text' },
    });
    expect(config.cookieSecrets?.map((secret) => Buffer.from(secret).toString('hex'))).toEqual([
      '000102030405060708090a0b0c0d0e0f',
      'ffffffffffffffffffffffffffffffff',
      '0123456789abcdef0123456789abcdef',
    ]);
    expect(JSON.stringify(config)).not.toContain('s3cr3t');
  });

  it('gives way to flags key by key, and its zones stay beside theirs', () => {
    const config = configOf(
      loadFile(
        FULL,
        ...ZONE,
        '--log-level',
        'error',
        '--areas-annotation',
        'y',
        '--listen',
        '[::1]:1',
        '--source',
        'node-area',
        '--manifests',
        'manifests',
      ),
    );
    expect(config.log).toEqual({ level: 'error', format: 'text' });
    expect(config.sourceRules.annotations?.areas).toBe('y');
    expect(config.listen).toEqual([{ address: '::1', port: 1 }]);
    expect(config.sources).toEqual(['zone-file', 'node-area']);
    expect(config.clusters).toEqual([{ kind: 'manifests', name: 'manifests', folder: '/home/me/manifests' }]);
    expect(config.zones.map(({ apex }) => apex)).toEqual(['example.com.', 'static.test.', 'lb.test.'].map(nameOf));
  });

  it('takes one folder of manifests without a list of clusters, and the text form of name servers', () => {
    const yaml =
      'manifests: manifests\nzones: [{name: a.test, soa: {email: a@b.test}, nameservers: "ns.a.test:192.0.2.1;ns.b.test"}]';
    const config = configOf(loadFile(yaml));
    expect(config.clusters).toEqual([{ kind: 'manifests', name: 'manifests', folder: '/etc/kubezone/manifests' }]);
    expect(configuredZone(config, 0).nameservers.map(({ name }) => name)).toEqual(['ns.a.test.', 'ns.b.test.']);
  });

  it('may leave the zones to flags', () => {
    expect(configOf(loadFile('', ...ZONE)).zones).toHaveLength(1);
  });

  const SOA = 'soa: {email: a@b.test}';
  const NS = 'nameservers: [{name: ns.b.test}]';
  const at = (place: string, rest: string): string => `/etc/kubezone/kubezone.yaml:${place}: ${rest}`;

  it.each<readonly [string, readonly string[]]>([
    ['zones: [', [at('1:9', 'Flow sequence in block collection must be sufficiently indented and end with a ] [BAD_YAML]')]],
    ['zones: []\nzones: []', [at('2:1', 'Map keys must be unique [BAD_YAML]')]],
    ['zones: *x', [at('1:8', 'Unresolved alias (the anchor must be set before the alias) [BAD_YAML]')]],
    [
      // Aliases of aliases: a billion elements if they were followed.
      `a: &a [x,x,x,x,x,x,x,x,x,x]\n${Array.from('bcdefghi', (key, index) => `${key}: &${key} [${Array(10).fill(`*${'abcdefgh'[index]}`).join()}]`).join('\n')}`,
      [at('1:1', 'Excessive alias count indicates a resource exhaustion attack [BAD_YAML]')],
    ],
    // The library would repeat what stands there.
    [
      'cookieSecrets: []]\n"s3cr3t"',
      [
        at('1:18', 'Unexpected flow-seq-end token in YAML stream [BAD_YAML]'),
        at('2:1', 'Unexpected double-quoted-scalar token in YAML stream [BAD_YAML]'),
      ],
    ],
    ['cookieSecrets:\n  |- s3cr3t', [at('2:6', 'Not a YAML token [BAD_YAML]')]],
    ['cookieSecrets: *s3cr3t', [at('1:16', 'Unresolved alias (the anchor must be set before the alias) [BAD_YAML]')]],
    ['zones: []\n---\nzones: []', [at('2:1', 'expected one document; a second begins here [BAD_YAML]')]],
    ['- a', [at('1:1', 'found a list of 1; expected a map of keys [BAD_VALUE]')]],
    [
      'zones: []',
      [at('1:1', 'zones: found a list of 0; expected at least one zone: --zone, --zone-file, or zones in --config [MISSING]')],
    ],
    [
      `zones:\n  - {name: a.test, ${SOA}, ${NS}}\nclaim: []`,
      [
        at(
          '3:1',
          'claim: there is no such key; allowed here: clusters, manifests, sources, acrossClusters, annotations, filters, template, gatewayAcceptance, record, service, ingress, dnsendpoint, node, nodeport, pod, resources, fake, claims, claimsDefault, crossNamespaceMerge, hostnameTargets, relativeTo, zones, fallthrough, leaderElection, events, listen, metrics, nsid, udpWorkers, udpPayloadSize, cookieSecrets, tcp, rateLimit, shutdownDelay, log, providers, owner, records, policy, safety, interval; did you mean claims? [UNKNOWN_KEY]',
        ),
      ],
    ],
    [
      `zones:\n  - name: a.test\n    soa: {email: a@b.test, negativTtl: 5}\n    ${NS}`,
      [
        at(
          '3:28',
          'zones[0].soa.negativTtl: there is no such key; allowed here: email, refresh, retry, expire, ttl, negativeTtl; did you mean negativeTtl? [UNKNOWN_KEY]',
        ),
      ],
    ],
    [
      `zones:\n  - name: a.test\n    ttl: 1h\n    soa: {email: nobody}\n    nameservers: [{name: ns.b.test, addresses: [192.0.2.1, 192.0.2]}]`,
      [
        at('3:5', 'zones[0].ttl: found "1h"; expected a whole number of seconds from 0 to 2147483647 [BAD_VALUE]'),
        at(
          '4:11',
          'zones[0].soa.email: found "nobody"; expected a mail address such as hostmaster@example.com ("nobody" is no mail address; local-part@domain is expected) [BAD_VALUE]',
        ),
        at(
          '5:60',
          'zones[0].nameservers[0].addresses[1]: found "192.0.2"; expected an IPv4 or IPv6 address ("192.0.2" is no IPv4 or IPv6 address) [BAD_VALUE]',
        ),
      ],
    ],
    [
      `zones:\n  - {name: a.test, ${NS}}\n  - {name: b.test, ${SOA}}`,
      [
        at('2:5', 'zones[0].soa: expected a map with at least email; or file [MISSING]'),
        at(
          '3:5',
          'zones[1].nameservers: expected a list of {name, addresses} or {name, service}, or text of the form NAME[:ADDRESS,ADDRESS][;NAME...]; or file [MISSING]',
        ),
      ],
    ],
    [
      `zones:\n  - {name: a.test, file: a.zone, ${SOA}}`,
      [at('2:34', 'zones[0].soa: found a map; not allowed beside file: SOA and NS come from the file [EXCLUDED]')],
    ],
    [
      `cookieSecrets: [s3cr3t, file:none, env:NONE]\nrelativeTo: [b.test]\nzones: [{name: a.test, ${SOA}, ${NS}}]`,
      [
        at(
          '1:17',
          'cookieSecrets[0]: expected a secret of 32 hexadecimal digits, as it stands, or as file:PATH or env:NAME [BAD_VALUE]',
        ),
        at(
          '1:25',
          "cookieSecrets[1]: expected a file that can be read at none (ENOENT: no such file or directory, open '/etc/kubezone/none') [BAD_VALUE]",
        ),
        at('1:36', 'cookieSecrets[2]: expected the environment variable NONE, which is not set [BAD_VALUE]'),
      ],
    ],
    ...['0123456789abcdef0123456789abcdef', '{a: s3cr3t}', '12345678', 'file:cookie'].map(
      (value): readonly [string, readonly string[]] => [
        `cookieSecrets: ${value}\nzones: [{name: a.test, ${SOA}, ${NS}}]`,
        [
          at(
            '1:1',
            'cookieSecrets: expected a list, each entry a secret of 32 hexadecimal digits, as it stands, or as file:PATH or env:NAME [BAD_VALUE]',
          ),
        ],
      ],
    ),
    [
      `cookieSecrets: [[0123456789abcdef0123456789abcdef]]\nzones: [{name: a.test, ${SOA}, ${NS}}]`,
      [
        at(
          '1:17',
          'cookieSecrets[0]: expected a secret of 32 hexadecimal digits, as it stands, or as file:PATH or env:NAME [BAD_VALUE]',
        ),
      ],
    ],
    [
      `cookieSecrets: []\nzones: [{name: a.test, ${SOA}, ${NS}}]`,
      [at('1:1', 'cookieSecrets: expected at least one secret; without the key a random one is made [BAD_VALUE]')],
    ],
    [
      `relativeTo: []\nzones: [{name: a.test, ${SOA}, ${NS}}]`,
      [
        at(
          '1:1',
          'relativeTo: found a list of 0; expected at least one zone; without the key it is all but reverse zones [MISSING]',
        ),
      ],
    ],
    [
      `relativeTo: [b.test]\nzones: [{name: a.test, ${SOA}, ${NS}}]\ntcp: {idleTimeout: 10}`,
      [at('1:14', 'relativeTo[0]: found "b.test"; expected one of the zones: a.test. [BAD_VALUE]')],
    ],
    [
      `tcp: {idleTimeout: 0, maxConnections: many}\nzones: [{name: a.test, ${SOA}, ${NS}}]`,
      [
        at('1:23', 'tcp.maxConnections: found "many"; expected a whole number from 1 to 1000000 [BAD_VALUE]'),
        at('1:7', 'tcp.idleTimeout: found 0; expected a whole number of seconds from 1 to 6553 [BAD_VALUE]'),
      ],
    ],
    [
      `zones: [{name: a.test, ${SOA}, nameservers: [{name: ns.b.test, address: 192.0.2.1}]}]`,
      [
        at(
          '1:80',
          'zones[0].nameservers[0].address: there is no such key; allowed here: name, addresses, service; did you mean addresses? [UNKNOWN_KEY]',
        ),
      ],
    ],
    [
      `zones: [{name: a.test, ${SOA}, nameservers: []}]`,
      [
        at(
          '1:48',
          'zones[0].nameservers: found a list of 0; expected a list of {name, addresses} or {name, service}, or text of the form NAME[:ADDRESS,ADDRESS][;NAME...] [MISSING]',
        ),
      ],
    ],
    [
      `zones: [{name: a.test, ${SOA}, nameservers: [{name: ns.a.test}]}]`,
      [
        at(
          '1:48',
          'zones[0].nameservers: found a list of 1; zone a.test.: the name server ns.a.test. is in the zone and needs an address: nobody else can know it [BAD_VALUE]',
        ),
      ],
    ],
    [`zones:\n  - {${SOA}, ${NS}}`, [at('2:5', 'zones[0].name: expected a domain name [MISSING]')]],
    [
      `zones: [{name: a.test, ${SOA}, ${NS}, rotate: yes}]`,
      [at('1:82', 'zones[0].rotate: found "yes"; expected true or false [BAD_VALUE]')],
    ],
    ['zones: lb.test', [at('1:1', 'zones: found "lb.test"; expected a list of zones [BAD_VALUE]')]],
    [
      'zones: [{name: a.test, file: none.zone}]',
      [at('1:24', 'zones[0].file: found "none.zone"; expected a file that can be read (no such file or directory) [UNREADABLE]')],
    ],
    [
      `manifests: manifests\nclusters: [{name: a}]\nzones: [{name: a.test, ${SOA}, ${NS}}]`,
      [
        at(
          '1:1',
          'manifests: found "manifests"; expected clusters or manifests, not both: write it as an entry {name, manifests} of clusters [EXCLUDED]',
        ),
      ],
    ],
    [
      `clusters: [{name: a, manifests: manifests, namespaces: [x]}]\nzones: [{name: a.test, ${SOA}, ${NS}}]`,
      [
        at(
          '1:44',
          'clusters[0].namespaces: found a list of 1; not allowed beside manifests: a folder has no API server and is read whole [EXCLUDED]',
        ),
      ],
    ],
    [
      `clusters: [{name: a}, {name: a}]\nzones: [{name: a.test, ${SOA}, ${NS}}]`,
      [at('1:24', 'clusters[1].name: found "a"; expected names that differ; an earlier cluster has "a" too [DUPLICATE]')],
    ],
    [
      `clusters: [{namespaces: [Shop]}]\nzones: [{name: a.test, ${SOA}, ${NS}}]`,
      [at('1:26', 'clusters[0].namespaces[0]: found "Shop"; expected the name of a namespace [BAD_VALUE]')],
    ],
    [
      `sources: []\nzones: [{name: a.test, ${SOA}, ${NS}}]`,
      [at('1:1', `sources: found a list of 0; expected at least one of ${SOURCE_NAMES.join(', ')} [MISSING]`)],
    ],
    [
      `udpPayloadSize: 511\nlog: loud\nzones: [{name: a.test, ${SOA}, ${NS}}]`,
      [
        at('1:1', 'udpPayloadSize: found 511; expected a whole number from 512 to 4096 [BAD_VALUE]'),
        at('2:1', 'log: found "loud"; expected a map of: level, format [BAD_VALUE]'),
      ],
    ],
  ])('with a mistake is refused: %j', (yaml, messages) => {
    const found = mistakesOf(loadFile(yaml));
    expect(found).toEqual(messages);
  });

  it('with a map for a key is refused without a word from the YAML library', () => {
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    expect(mistakesOf(loadFile(`{a: b}: c\nzones: [{name: a.test, ${SOA}, ${NS}}]`))).toEqual([
      expect.stringContaining('there is no such key'),
    ]);
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });
});
