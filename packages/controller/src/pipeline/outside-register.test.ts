import { describe, expect, it } from '@jest/globals';

import { nameOf } from '@kubezone/core';

import { type NodeObject, NODES } from '../resources/node.ts';
import type { StoredObject } from '../resources/resource.ts';
import { dnsEndpoint } from '../sources/dns-endpoint.ts';
import { ingress } from '../sources/ingress.ts';
import { LISTED_OUTSIDE } from '../sources/problem-list.ts';
import { record } from '../sources/record.ts';
import { service } from '../sources/service.ts';
import type { Source } from '../sources/source.ts';
import { RecordingLogger } from '../testing/recording-logger.ts';
import { EXAMPLE, outcomeOf } from '../testing/source-world.ts';
import { LISTED_OUTSIDE_NAMES, OutsideRegister } from './outside-register.ts';

/** An Ingress with rules for these hosts. */
function ingressOf(name: string, ...hosts: readonly string[]): object {
  const spec = { rules: hosts.map((host) => ({ host })) };
  return { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { name, namespace: 'ns' }, spec };
}

const SOURCES: readonly Source[] = [record(EXAMPLE), service(EXAMPLE), ingress(EXAMPLE), dnsEndpoint(EXAMPLE)];

const MANIFESTS = `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: ns}
spec: {rules: [{host: Web.Other.test}, {host: web.other.test}, {host: web.example.com}, {host: '*'}, {host: short}]}
---
apiVersion: v1
kind: Service
metadata: {name: game, namespace: ns, annotations: {external-dns.kubernetes.io/hostname: 'game.other.test.,inside.other.test'}}
spec: {type: LoadBalancer}
status: {loadBalancer: {ingress: [{ip: 192.0.2.1}]}}
---
apiVersion: externaldns.k8s.io/v1alpha1
kind: DNSEndpoint
metadata: {name: mail, namespace: ns}
spec: {endpoints: [{dnsName: mail.other.test, recordType: A, targets: [192.0.2.1]}, {dnsName: in.example.com, recordType: A, targets: [192.0.2.1]}]}
---
apiVersion: syntixi.io/v1alpha1
kind: Record
metadata: {name: r, namespace: ns}
spec: {fqdn: r.other.test, type: A, value: [192.0.2.1]}
`;

describe('names that objects ask for and that no zone holds', () => {
  it('are counted by cluster and source, listed with who asks for them, and no problem but of a Record', async () => {
    const { world, problems } = await outcomeOf(SOURCES, MANIFESTS);
    expect(world.pipeline.statuses().map(({ source, outside }) => `${source} ${outside}`)).toEqual([
      'record 1',
      'service 1',
      'ingress 2',
      'dnsendpoint 1',
    ]);
    const listed = world.pipeline
      .outsideNames()
      .map(({ cluster, source, object, name }) => [cluster, source, object, name].join(' '));
    expect(listed.toSorted()).toEqual([
      'test dnsendpoint DNSEndpoint/ns/mail mail.other.test.',
      'test ingress Ingress/ns/web short.',
      'test ingress Ingress/ns/web web.other.test.',
      'test record Record/ns/r r.other.test.',
      'test service Service/ns/game game.other.test.',
    ]);
    expect(problems).toEqual(['NAME_OUTSIDE_ZONES Record/ns/r']);
  });

  it('are forgotten with their object, and when it asks for others', async () => {
    const { world } = await outcomeOf([ingress(EXAMPLE)], '');
    const count = (): (number | undefined)[] => world.pipeline.statuses().map(({ outside }) => outside);
    world.cluster.put(ingressOf('a', 'a.other.test', 'b.other.test'));
    world.cluster.put(ingressOf('b', 'b.other.test'));
    expect(count()).toEqual([3]);
    world.cluster.put(ingressOf('a', 'a.example.com', 'b.other.test'));
    expect(count()).toEqual([2]);
    world.cluster.put(ingressOf('a', 'a.example.com'));
    world.cluster.delete(ingressOf('b'));
    expect(count()).toEqual([0]);
    expect(world.pipeline.outsideNames()).toEqual([]);
  });

  it('are logged once for each object, at the level debug', async () => {
    const { world } = await outcomeOf([ingress(EXAMPLE)], '');
    const many = Array.from({ length: LISTED_OUTSIDE + 5 }, (_, number) => `n${number}.other.test`);
    world.cluster.put(ingressOf('a', ...many));
    world.cluster.put({ ...ingressOf('a', ...many), status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } } });
    world.cluster.put(ingressOf('b', 'b.example.com'));
    const lines = world.logger.lines.filter(({ message }) => message.includes('outside'));
    const names = many.slice(0, LISTED_OUTSIDE).map((name) => `${name}.`);
    const fields = { cluster: 'test', source: 'ingress', object: 'Ingress/ns/a', names, total: many.length };
    expect(lines).toEqual([{ level: 'debug', message: 'an object asks for names outside all zones', fields }]);
    expect(world.logger.lines.filter(({ level }) => level === 'warn')).toEqual([]);
  });

  it('are listed up to a bound for each source, those of objects first that asked first', async () => {
    const objects = Array.from({ length: LISTED_OUTSIDE_NAMES + 50 }, (_, number) =>
      ingressOf(`i${number}`, `n${number}.other.test`),
    );
    const { world } = await outcomeOf([ingress(EXAMPLE)], objects.map((object) => JSON.stringify(object)).join('\n---\n'));
    expect(world.pipeline.statuses()[0]?.outside).toBe(LISTED_OUTSIDE_NAMES + 50);
    expect(world.pipeline.outsideNames()).toHaveLength(LISTED_OUTSIDE_NAMES);
    expect(world.pipeline.outsideNames(2).map(({ name }) => name)).toEqual(['n0.other.test.', 'n1.other.test.']);
    for (let number = 0; number < LISTED_OUTSIDE_NAMES; number++) world.cluster.delete(ingressOf(`i${number}`));
    expect(world.pipeline.outsideNames(1)).toMatchObject([{ name: `n${LISTED_OUTSIDE_NAMES}.other.test.` }]);
  });
});

describe('the register of names outside all zones', () => {
  it('goes on with the next object where a source fails on one', () => {
    const outside = { listed: [nameOf('a.other.test')], total: 1 };
    const source: Source = {
      ...(ingress(EXAMPLE) as Source),
      resource: NODES,
      desire(object): ReturnType<Source['desire']> {
        if (object.name === 'bad') throw new Error('a defect');
        return { desired: [], problems: [], outside };
      },
    };
    const get = (_: unknown, name: string): StoredObject => ({ name }) as NodeObject;
    const store = { get, select: () => [] } as unknown as ConstructorParameters<typeof OutsideRegister>[0]['store'];
    const register = new OutsideRegister({ cluster: 'prod', store, logger: new RecordingLogger() });
    register.replace(source, 'bad', outside);
    register.replace(source, 'good', outside);
    expect([...register.list()].map(({ object }) => object)).toEqual(['Node/good']);
    expect(register.count(source)).toBe(2);
  });
});
