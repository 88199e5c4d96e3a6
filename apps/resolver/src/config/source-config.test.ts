import { describe, expect, it } from '@jest/globals';

import { SOURCE_NAMES } from '@kubezone/app';

import { configOf, load, loadFile, mistakesOf } from '../testing/load-text.ts';

const ZONE = ['--zone', 'lb.test', '--soa-ns', 'ns1.lb.test:192.0.2.53', '--soa-email', 'admin@lb.test'];
const ZONES = 'zones: [{name: a.test, soa: {email: a@b.test}, nameservers: [{name: ns.b.test}]}]';

/** What is configured by a text, beside a zone. */
const withZone = (yaml: string, ...words: readonly string[]) => configOf(loadFile(`${yaml}\n${ZONES}`, ...words));

/** The mistakes of a text, beside a zone, without the file's name. */
const mistakesIn = (yaml: string): string[] =>
  mistakesOf(loadFile(`${yaml}\n${ZONES}`)).map((line) => line.replace('/etc/kubezone/kubezone.yaml:', ''));

const ALL = `sources: [${SOURCE_NAMES.filter((name) => name !== 'zone-file').join(', ')}]\nresources: [{apiVersion: traefik.io/v1alpha1, kind: IngressRoute, names: "{{.Name}}.a.test", targets: {service: kube-system/traefik}}]`;

describe('the configuration of sources', () => {
  it('takes all of them, in their order', () => {
    expect(withZone(ALL).sources).toEqual(SOURCE_NAMES.filter((name) => name !== 'zone-file'));
    const flags = SOURCE_NAMES.flatMap((name) => ['--source', name]).filter(
      (word) => word !== 'zone-file' && word !== 'resource',
    );
    const words = flags.filter((word, index) => word !== '--source' || flags[index + 1]?.startsWith('--') === false);
    expect(configOf(load([...ZONE, ...words])).sources).toHaveLength(SOURCE_NAMES.length - 2);
  });

  it('puts relative names into all zones but those of addresses, unless others are chosen or there are none', () => {
    const soa = 'soa: {email: a@b.test}, nameservers: [{name: ns.b.test}]';
    const [forward, reverse] = [`{name: a.test, ${soa}}`, `{name: 2.0.192.in-addr.arpa, ${soa}}`];
    const relativeTo = (yaml: string): readonly string[] => configOf(loadFile(yaml)).relativeTo;
    expect(relativeTo(`zones: [${forward}, ${reverse}]`)).toEqual(['a.test.']);
    expect(relativeTo(`zones: [${reverse}]`)).toEqual(['2.0.192.in-addr.arpa.']);
    expect(relativeTo(`relativeTo: [2.0.192.in-addr.arpa]\nzones: [${forward}, ${reverse}]`)).toEqual(['2.0.192.in-addr.arpa.']);
  });

  it.each<readonly [string, object]>([
    [
      'filters: {annotation: "a=b", label: "tier in (x, y)", serviceSelectors: ["app = service1", "!old"], serviceTypes: [LoadBalancer]}',
      {
        filters: {
          annotation: [{ key: 'a', operator: 'in', values: ['b'] }],
          label: [{ key: 'tier', operator: 'in', values: ['x', 'y'] }],
          serviceSelectors: [
            [{ key: 'app', operator: 'in', values: ['service1'] }],
            [{ key: 'old', operator: 'does-not-exist' }],
          ],
          serviceTypes: ['LoadBalancer'],
        },
      },
    ],
    [
      'filters: {ingressClasses: [nginx], gatewayClasses: [public], gateways: {names: [edge], namespaces: [infra], labels: dns}}',
      {
        filters: {
          ingressClasses: ['nginx'],
          gateways: {
            classes: ['public'],
            names: ['edge'],
            namespaces: ['infra'],
            labels: [[{ key: 'dns', operator: 'exists' }]],
          },
        },
      },
    ],
    ['gatewayAcceptance: ignore', { gatewayAcceptance: 'ignore' }],
    ['template: "{{.Name}}.a.test"', { template: { use: 'otherwise', template: { text: '{{.Name}}.a.test' } } }],
    ['template: {names: "{{.Name}}.a.test", use: also}', { template: { use: 'also', template: { text: '{{.Name}}.a.test' } } }],
    ['annotations: {target: honour, controller: mine}', { annotations: { target: 'honour', controller: 'mine' } }],
    ['record: {pods: false}', { record: { pods: false } }],
    [
      'service: {clusterIPs: true, notReadyAddresses: true, hostIPs: true, endpoints: false}',
      { service: { publishClusterIPs: true, publishNotReadyAddresses: true, publishHostIPs: true, endpoints: false } },
    ],
    ['ingress: {ruleHosts: false, tlsHosts: false}', { ingress: { ruleHosts: false, tlsHosts: false } }],
    [
      'node: {addressType: ExternalIP, internalIPv6: public, unschedulableNodes: false, notReadyNodes: false}',
      { node: { addressType: 'ExternalIP', internalIPv6: 'public', unschedulableNodes: false, notReadyNodes: false } },
    ],
    [
      'nodeport: {addressType: InternalIP, internalIPv6: public, unschedulableNodes: true}',
      { nodeport: { addressType: 'InternalIP', internalIPv6: 'public', unschedulableNodes: true } },
    ],
    [
      'pod: {domain: pods.a.test, hostNetworkOnly: true, internalIPv6: private}',
      { pod: { domain: 'pods.a.test.', hostNetworkOnly: true, internalIPv6: 'private' } },
    ],
    [
      'dnsendpoint: {defaultTargets: [lb.b.test]}',
      { dnsendpoint: { defaultTargets: [{ kind: 'hostname', name: 'lb.b.test.' }] } },
    ],
  ])('reads %s', (yaml, rules) => {
    expect(withZone(`${ALL}\n${yaml}`).sourceRules).toMatchObject(rules);
  });

  it('reads resources of any kind', () => {
    const yaml = `sources: [resource]
resources:
  - {apiVersion: traefik.io/v1alpha1, kind: IngressRoute, names: '{{range .Spec.routes}}{{hosts .match | join ","}},{{end}}', targets: {service: kube-system/traefik}}
  - {apiVersion: networking.istio.io/v1, kind: VirtualService, names: '{{join "," .Spec.hosts}}', use: also, targets: {gateway: infra/edge}}
  - {apiVersion: projectcontour.io/v1, kind: HTTPProxy, plural: httpproxies, names: '{{.Spec.virtualhost.fqdn}}', targets: {template: '{{.Status.loadBalancer.ingress}}'}}
  - {apiVersion: v1, kind: Widget, namespaced: false, names: '{{.Name}}.a.test', targets: {template: 192.0.2.1}}`;
    expect(withZone(yaml).sourceRules.resources).toMatchObject([
      {
        kind: 'IngressRoute',
        use: 'otherwise',
        namespaced: true,
        targets: { kind: 'service', namespace: 'kube-system', name: 'traefik' },
      },
      { kind: 'VirtualService', use: 'also', targets: { kind: 'gateway', namespace: 'infra', name: 'edge' } },
      { kind: 'HTTPProxy', plural: 'httpproxies', targets: { kind: 'template' } },
      { kind: 'Widget', namespaced: false, targets: { kind: 'template' } },
    ]);
  });

  it.each<readonly [string, object]>([
    ['', { mode: 'ip', size: 10, rate: 0.2, seed: 1 }],
    [
      'fake: {size: 1000000, rate: 100.5, seed: 7, domain: load.a.test}',
      { mode: 'ip', size: 1_000_000, rate: 100.5, seed: 7, domain: 'load.a.test.' },
    ],
    ['fake: {mode: hostname, targetDomain: b.test}', { mode: 'hostname', targetDomain: 'b.test.' }],
    ['fake: {mode: fixed, host: x.a.test, target: 192.0.2.1}', { mode: 'fixed', host: 'x.a.test.', target: '192.0.2.1' }],
  ])('fakes names without a cluster: %s', (yaml, fake) => {
    expect(withZone(`sources: [fake]\n${yaml}`)).toMatchObject({ clusters: [], fake });
  });

  it('has the filters of flags', () => {
    const words =
      '--source service --source ingress --source httproute --ingress-class nginx --ingress-class other --gateway-class public --service-selector app=web ' +
      '--gateway-acceptance ignore --filter a=b --template {{.Name}}.lb.test';
    expect(configOf(load([...ZONE, ...words.split(' ')])).sourceRules).toMatchObject({
      filters: {
        ingressClasses: ['nginx', 'other'],
        gateways: { classes: ['public'] },
        serviceSelectors: [[{ key: 'app' }]],
        annotation: [{ key: 'a' }],
      },
      gatewayAcceptance: 'ignore',
      template: { template: { text: '{{.Name}}.lb.test' } },
    });
  });

  it('lets flags win over the file, filter by filter', () => {
    const config = withZone('sources: [service, ingress]\nfilters: {label: a, ingressClasses: [x]}', '--ingress-class', 'y');
    expect(config.sourceRules.filters).toMatchObject({ label: [{ key: 'a' }], ingressClasses: ['y'] });
  });

  it('lets lists be empty: they ask for nothing, so they may concern nothing', () => {
    const yaml = 'filters: {ingressClasses: [], gatewayClasses: [], serviceSelectors: []}';
    expect(withZone(yaml).sources).toEqual(['node-area', 'node-service']);
  });

  const SELECTOR = 'expected a label selector such as app=web,tier in (front, back)';
  it.each<readonly [string, readonly string[]]>([
    ['sources: [Foo]', [`1:11: sources[0]: found "Foo"; expected one of ${SOURCE_NAMES.join(', ')} [BAD_VALUE]`]],
    ['sources: [service, service]', ['1:20: sources[1]: found "service"; expected each source once [DUPLICATE]']],
    // What would do nothing is somebody's mistake.
    [
      'filters: {ingressClasses: [nginx], gatewayClasses: [a], serviceTypes: [NodePort]}',
      [
        '1:11: filters.ingressClasses: found a list of 1; expected the source ingress in sources: no other reads it [EXCLUDED]',
        '1:36: filters.gatewayClasses: found a list of 1; expected one of the sources httproute, tlsroute, grpcroute, tcproute, udproute in sources: no other reads it [EXCLUDED]',
        '1:57: filters.serviceTypes: found a list of 1; expected the source service in sources: no other reads it [EXCLUDED]',
      ],
    ],
    ['fake: {}', ['1:1: fake: found a map; expected the source fake in sources: no other reads it [EXCLUDED]']],
    ['sources: [resource]', ['1:1: resources: expected at least one entry, for the source resource [MISSING]']],
    [
      'sources: [service]\nfilters: {serviceSelectors: [""]}',
      [`2:30: filters.serviceSelectors[0]: found ""; ${SELECTOR} [BAD_VALUE]`],
    ],
    [
      'sources: [service]\nfilters: {serviceTypes: [Ingress]}',
      [
        '2:26: filters.serviceTypes[0]: found "Ingress"; expected one of ClusterIP, NodePort, LoadBalancer, ExternalName [BAD_VALUE]',
      ],
    ],
    [
      'sources: [node]\nnode: {addressType: Hostname}',
      ['2:8: node.addressType: found "Hostname"; expected one of InternalIP, ExternalIP, ExternalIP-or-InternalIP [BAD_VALUE]'],
    ],
    [
      'sources: [node]\nnode: {adressType: InternalIP}',
      [
        '2:8: node.adressType: there is no such key; allowed here: addressType, internalIPv6, unschedulableNodes, notReadyNodes; did you mean addressType? [UNKNOWN_KEY]',
      ],
    ],
    [
      'sources: [service]\nservice: yes',
      ['2:1: service: found "yes"; expected a map of: clusterIPs, notReadyAddresses, hostIPs, endpoints [BAD_VALUE]'],
    ],
    [
      'sources: [service]\ntemplate: "{{.Name"',
      [
        '2:1: template: found "{{.Name"; expected a template such as {{.Name}}.example.com (TEMPLATE_SYNTAX: line 1, column 1: found an action without an end, expected "}}") [BAD_VALUE]',
      ],
    ],
    [
      'sources: [service]\ntemplate: {name: "{{.Name}}.a.test"}',
      ['2:12: template.name: there is no such key; allowed here: names, use; did you mean names? [UNKNOWN_KEY]'],
    ],
    [
      'sources: [resource]\nresources: [{apiVersion: networking.k8s.io/v1, kind: Ingress, names: x, targets: {template: x}}]',
      ['2:48: resources[0].kind: found "Ingress"; expected another kind: the source ingress reads this one [EXCLUDED]'],
    ],
    [
      'sources: [resource]\nresources: [{apiVersion: a.test/v1, kind: X, names: x, targets: {template: x, service: a/b}}, {apiVersion: V1, kind: x, names: x, targets: {service: a}}]',
      [
        '2:56: resources[0].targets: found a map; expected one of template, service, gateway [EXCLUDED]',
        '2:96: resources[1].apiVersion: found "V1"; expected an apiVersion such as traefik.io/v1alpha1 [BAD_VALUE]',
        '2:112: resources[1].kind: found "x"; expected a kind such as IngressRoute [BAD_VALUE]',
        '2:141: resources[1].targets.service: found "a"; expected NAMESPACE/NAME [BAD_VALUE]',
      ],
    ],
    [
      'sources: [resource]\nresources: [{apiVersion: a.test/v1, kind: X, names: x, targets: {template: x}}, {apiVersion: a.test/v2, kind: X, namespaced: false, names: x, targets: {template: x}}]',
      [
        '2:82: resources[1].apiVersion: found "a.test/v2"; expected what an earlier entry says of X of a.test: a.test/v1 [EXCLUDED]',
        '2:114: resources[1].namespaced: found false; expected what an earlier entry says of X of a.test: true [EXCLUDED]',
      ],
    ],
    [
      'sources: [fake]\nfake: {mode: fixed, host: x.a.test, size: 0, domain: a.test}',
      ['2:37: fake.size: found 0; expected a whole number from 1 to 1000000 [BAD_VALUE]'],
    ],
    [
      'sources: [fake]\nfake: {mode: fixed, host: x.a.test, domain: a.test}',
      [
        '2:37: fake.domain: found "a.test"; not allowed in mode fixed, which takes host, target [EXCLUDED]',
        '2:1: fake.target: expected with mode fixed [MISSING]',
      ],
    ],
    [
      'sources: [fake, pod]\nfake: {domain: b.test}\npod: {domain: c.test}',
      [
        '2:8: fake.domain: found "b.test"; expected a name in one of the zones: a.test. [BAD_VALUE]',
        '3:7: pod.domain: found "c.test"; expected a name in one of the zones: a.test. [BAD_VALUE]',
      ],
    ],
    [
      'sources: [fake, service]\nclusters: [{name: fake}]',
      ['2:13: clusters[0].name: found "fake"; expected another name: this is what the source fake has [DUPLICATE]'],
    ],
  ])('with a mistake is refused: %s', (yaml, mistakes) => {
    expect(mistakesIn(yaml)).toEqual(mistakes);
  });

  it.each<readonly [readonly string[], readonly string[]]>([
    [
      ['--ingress-class', 'nginx'],
      ['--ingress-class: found a list of 1; expected the source ingress in sources: no other reads it [EXCLUDED]'],
    ],
    [['--source', 'service', '--service-selector'], ['--service-selector: expected a value after it [NO_VALUE]']],
    [['--source', 'service', '--service-selector', ''], [`--service-selector: found ""; ${SELECTOR} [BAD_VALUE]`]],
    [
      ['--source', 'service', '--service-selector', '!!!invalid'],
      [
        expect.stringMatching(
          /^--service-selector: found "!!!invalid"; expected a label selector .*\(in the label selector .*\) \[BAD_VALUE\]$/,
        ) as unknown as string,
      ],
    ],
    [
      ['--source', 'httproute', '--gateway-acceptance', 'maybe'],
      ['--gateway-acceptance: found "maybe"; expected one of enforce, ignore [BAD_VALUE]'],
    ],
    [['--leader-elect=maybe'], ['--leader-elect: found "maybe"; expected true or false [BAD_VALUE]']],
    [['--events', 'all'], ['--events: found "all"; expected leaderElection.enabled: who leads writes Events [EXCLUDED]']],
  ])('with a mistake in flags is refused: %j', (words, mistakes) => {
    expect(mistakesOf(load([...ZONE, ...words]))).toEqual(mistakes);
  });
});

describe('the configuration of what may be served', () => {
  it('is open by default', () => {
    expect(withZone('').catalog).toEqual({ claims: [], claimsDefault: 'open', crossNamespaceMerge: true });
  });

  it('reads claims, merging and the order of clusters', () => {
    const yaml = `claims: [{namespaces: [team-a, "*"], names: ["*.A.a.test", x.a.test]}]
claimsDefault: deny
crossNamespaceMerge: false
acrossClusters: first
clusters: [{name: b, manifests: ./manifests}, {name: a}]`;
    expect(withZone(yaml).catalog).toEqual({
      claims: [{ namespaces: ['team-a', '*'], names: ['*.a.a.test.', 'x.a.test.'] }],
      claimsDefault: 'deny',
      crossNamespaceMerge: false,
      clusterOrder: ['b', 'a'],
    });
  });

  it('has a place for fake names in the order of clusters', () => {
    expect(withZone('sources: [service, fake]\nacrossClusters: first').catalog.clusterOrder).toEqual(['kubernetes', 'fake']);
  });

  it.each<readonly [string, object]>([
    ['', { mode: 'flatten' }],
    ['hostnameTargets: cname', { mode: 'cname' }],
    [
      'hostnameTargets: {servers: [192.0.2.1, "[2001:db8::1]:5300"], timeout: 0.5, staleFor: 60}',
      {
        mode: 'flatten',
        servers: [
          { address: '192.0.2.1', port: 53 },
          { address: '2001:db8::1', port: 5300 },
        ],
        timeoutMs: 500,
        staleForMs: 60_000,
      },
    ],
  ])('reads what host names become: %s', (yaml, hostnameTargets) => {
    expect(withZone(yaml).hostnameTargets).toMatchObject(hostnameTargets);
  });

  it('asks nobody for other names by default', () => {
    expect(withZone('').fallthrough).toBeUndefined();
  });

  it.each<readonly [string, object]>([
    [
      'fallthrough: {servers: [192.0.2.1]}',
      { zones: 'all', servers: [{ address: '192.0.2.1', port: 53 }], timeoutMs: 2000, maxWaiting: 1000 },
    ],
    [
      'fallthrough: {zones: [A.test], servers: ["192.0.2.1:5300"], timeout: 1.5, maxWaiting: 5}',
      { zones: new Set(['a.test.']), timeoutMs: 1500, maxWaiting: 5 },
    ],
  ])('reads who is asked for other names: %s', (yaml, fallthrough) => {
    expect(withZone(yaml).fallthrough).toMatchObject(fallthrough);
  });

  it('reads reverse zones, which have the names of addresses unless that is switched off', () => {
    const soa = 'soa: {email: a@b.test}, nameservers: [{name: ns.b.test}]';
    const yaml = `zones: [{name: a.test, ${soa}}, {name: 2.0.192.in-addr.arpa, ${soa}}, {name: 8.b.d.0.1.0.0.2.ip6.arpa, ptr: false, ${soa}}]`;
    expect(configOf(loadFile(yaml)).zones.map(({ ptr }) => ptr)).toEqual([false, true, false]);
  });

  it('reads name servers that are Services, for which a cluster is needed', () => {
    const yaml =
      'sources: [fake]\nzones: [{name: a.test, soa: {email: a@b.test}, nameservers: [{name: ns1.a.test, service: kube-system/dns1}]}]';
    const { zones, clusters } = configOf(loadFile(yaml));
    expect(zones[0]).toMatchObject({
      config: { nameservers: [{ name: 'ns1.a.test.', addresses: [], service: 'kube-system/dns1' }] },
    });
    expect(clusters).toHaveLength(1);
  });

  it.each<readonly [readonly string[], object | undefined]>([
    [[], undefined],
    [['--leader-elect'], { events: 'warnings', lease: {} }],
    [['--leader-elect=true', '--events', 'all'], { events: 'all', lease: {} }],
    [['--leader-elect=false'], undefined],
    [['--leader-elect', '--ttl', '60'], { events: 'warnings', lease: {} }],
  ])('reads who writes to the API: %j', (words, reports) => {
    expect(configOf(load([...ZONE, ...words])).reports).toEqual(reports);
  });

  it('reads where the Lease is', () => {
    expect(withZone('leaderElection: {enabled: true, namespace: dns, name: kz}\nevents: none').reports).toEqual({
      events: 'none',
      lease: { namespace: 'dns', name: 'kz' },
    });
  });

  it.each<readonly [string, readonly string[]]>([
    [
      'claims: [{namespaces: [], names: []}]',
      [
        '1:11: claims[0].namespaces: found a list of 0; expected at least one namespace [MISSING]',
        '1:27: claims[0].names: found a list of 0; expected at least one name [MISSING]',
      ],
    ],
    [
      'claims: [{namespaces: [Team_A], names: [a.*.test]}]',
      [
        '1:24: claims[0].namespaces[0]: found "Team_A"; expected the name of a namespace, or * for all [BAD_VALUE]',
        '1:41: claims[0].names[0]: found "a.*.test"; expected a domain name such as a.example.com, or *.a.example.com for all below it (in "a.*.test" an asterisk does not stand first, by itself) [BAD_VALUE]',
      ],
    ],
    ['claimsDefault: closed', ['1:1: claimsDefault: found "closed"; expected one of open, deny [BAD_VALUE]']],
    ['acrossClusters: last', ['1:1: acrossClusters: found "last"; expected one of merge, first [BAD_VALUE]']],
    ['hostnameTargets: flat', ['1:1: hostnameTargets: found "flat"; expected one of flatten, cname [BAD_VALUE]']],
    [
      'hostnameTargets: {servers: [dns.google]}',
      [
        '1:29: hostnameTargets.servers[0]: found "dns.google"; expected ADDRESS or ADDRESS:PORT, such as 192.0.2.1, 192.0.2.1:5300, or [2001:db8::1]:5300 [BAD_VALUE]',
      ],
    ],
    [
      'fallthrough: {servers: ["fe80::1%eth0"]}',
      [
        '1:25: fallthrough.servers[0]: found "fe80::1%eth0"; expected ADDRESS or ADDRESS:PORT, such as 192.0.2.1, 192.0.2.1:5300, or [2001:db8::1]:5300 [BAD_VALUE]',
      ],
    ],
    ['fallthrough: {}', ['1:1: fallthrough.servers: expected a list of addresses of name servers [MISSING]']],
    [
      'fallthrough: {zones: some, servers: [192.0.2.1]}',
      ['1:15: fallthrough.zones: found "some"; expected all, or a list of zones [BAD_VALUE]'],
    ],
    [
      'fallthrough: {zones: [c.test], servers: [192.0.2.1]}',
      ['1:23: fallthrough.zones[0]: found "c.test"; expected one of the zones: a.test. [BAD_VALUE]'],
    ],
    [
      'fallthrough: {servers: [192.0.2.1], timeout: 61}',
      ['1:37: fallthrough.timeout: found 61; expected seconds from 0.01 to 60 [BAD_VALUE]'],
    ],
    ['events: all', ['1:1: events: found "all"; expected leaderElection.enabled: who leads writes Events [EXCLUDED]']],
    ['leaderElection: {namespace: dns}', ['1:1: leaderElection.enabled: expected true, with namespace [MISSING]']],
  ])('with a mistake is refused: %s', (yaml, mistakes) => {
    expect(mistakesIn(yaml)).toEqual(mistakes);
  });
});
