/** The built resolver with every source, on a live API server with the definitions of all kinds, asked by dig. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { ClusterObjects } from '../../tools/control-plane/cluster-objects.ts';
import { type ControlPlane, findControlPlane, startControlPlane } from '../../tools/control-plane/control-plane.ts';
import { type Definitions, findDefinitions } from '../../tools/control-plane/definitions.ts';
import { eventually } from '../support/eventually.ts';
import { findProgram } from '../support/find-program.ts';
import { type OwnServer, startOwnServer } from '../support/own-server.ts';
import { type ResolverProcess, startResolver } from '../support/resolver-process.ts';
import { dig } from '../support/run-program.ts';
import { ANSWERS, balanced, everySourceConfig, ingress, OBJECTS, record, UPSTREAM_ZONE } from './every-source.ts';

/** Far more than it takes; the definition of a kind goes in steps. */
const SOON = { withinMs: 10_000 };
const NAMESPACE = 'shop';

const server = await findControlPlane();
const found = 'missing' in server ? server : await findDefinitions();
const missing =
  'missing' in found ? found.missing : findProgram('dig') === undefined ? 'dig is not installed (bind9-dnsutils)' : undefined;
if (missing !== undefined) {
  if (process.env['CI'] === 'true') throw new Error(missing);
  process.stderr.write(`\n*** SKIPPED: every source on a live API server: ${missing}\n\n`);
}
const definitions: Definitions = 'missing' in found ? new Map() : found;
const describeLive = missing === undefined ? describe : describe.skip;

describeLive('the resolver with every source', () => {
  let folder: string;
  let cluster: ControlPlane;
  let objects: ClusterObjects;
  let upstream: OwnServer;
  let resolver: ResolverProcess;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kubezone-e2e-'));
    cluster = await startControlPlane();
    objects = new ClusterObjects(cluster);
    await objects.define(definitions, ...definitions.keys());
    await objects.apply(OBJECTS, NAMESPACE);
    upstream = await startOwnServer([UPSTREAM_ZONE]);
    const file = join(folder, 'kubezone.yaml');
    await writeFile(file, everySourceConfig(cluster.kubeconfigPath, upstream.port));
    resolver = await startResolver(['--config', file]);
    await eventually('the resolver is ready', async () => ((await resolver.http('/readyz')).status === 200 ? true : undefined), {
      withinMs: 30_000,
    });
  }, 600_000);
  afterAll(async () => {
    await resolver?.stop();
    await upstream?.stop();
    await cluster?.stop();
    await rm(folder, { recursive: true, force: true });
  }, 30_000);

  /** The records that dig shows in the answer to one question, sorted; or the status, where there are none. */
  async function answer(name: string, type: string): Promise<readonly string[]> {
    const text = await dig(resolver.port, '+norec', '+noall', '+comments', '+answer', name, type);
    const lines = text.split('\n').map((line) => line.replaceAll(/\s+/g, ' ').trim());
    const records = lines.filter((line) => line !== '' && !line.startsWith(';')).toSorted();
    return records.length > 0 ? records : [/status: ([A-Z]+)/.exec(text)?.[1] ?? text];
  }

  /** Waits until the answer to one question is this. */
  const becomes = (name: string, type: string, expected: readonly string[]): Promise<true> =>
    eventually<true>(
      `${name} ${type} is ${expected.join(', ')}`,
      async (): Promise<true> => {
        const is = await answer(name, type);
        if (is.join('\n') === expected.join('\n')) return true;
        throw new Error(`it is ${is.join(', ')}`);
      },
      SOON,
    );

  it.each(ANSWERS)(
    'answers %s',
    async (line) => {
      const [name = '', , , type = ''] = line.split(' ');
      expect(await becomes(name, type, [line])).toBe(true);
    },
    20_000,
  );

  it('knows what is not there, once it is ready', async () => {
    expect(await answer('nobody.example.com', 'A')).toEqual(['NXDOMAIN']);
    expect(await answer('plain.example.com', 'AAAA')).toEqual(['NOERROR']);
  });

  it('follows what changes, and forgets what goes', async () => {
    await objects.apply([balanced('web', [{ ip: '192.0.2.11' }])], NAMESPACE);
    await becomes('web.shop.example.com', 'A', ['web.shop.example.com. 60 IN A 192.0.2.11']);
    await becomes('web.shop.example.com', 'AAAA', ['NOERROR']);
    await objects.apply([ingress('plain', 'other.example.com', [{ hostname: 'lb-1.elb.test' }])], NAMESPACE);
    await becomes('other.example.com', 'A', ['other.example.com. 60 IN A 203.0.113.80']);
    await becomes('plain.example.com', 'A', ['NXDOMAIN']);
    await becomes('3.2.0.192.in-addr.arpa', 'PTR', ['NXDOMAIN']);
    await objects.apply([record('txt', { fqdn: 'txt.example.com', type: 'TXT', ttl: 30, value: ['changed'] })], NAMESPACE);
    await becomes('txt.example.com', 'TXT', ['txt.example.com. 30 IN TXT "changed"']);
    for (const name of ['Record/txt', 'Pod/smtp-0', 'HTTPRoute/http', 'DNSEndpoint/mail']) await objects.remove(name);
    await becomes('txt.example.com', 'TXT', ['NXDOMAIN']);
    await becomes('smtp.example.com', 'A', ['NOERROR']);
    await becomes('http.example.com', 'A', ['NXDOMAIN']);
    expect(await becomes('mail.example.com', 'MX', ['NXDOMAIN'])).toBe(true);
  }, 60_000);

  it('lists who did not get a name', async () => {
    await objects.apply([record('taken', { fqdn: 'grpc.example.com', type: 'A', value: ['192.0.2.99'] })], NAMESPACE);
    // A Record comes before a route in the order of sources.
    await becomes('grpc.example.com', 'A', ['grpc.example.com. 60 IN A 192.0.2.99']);
    const { text } = await resolver.http('/debug/conflicts');
    expect(text).toContain('GRPCRoute/shop/grpc');
    expect(text).toContain('Service/shop/bad');
  }, 60_000);

  it('tells the owners of objects what becomes of what they ask for', async () => {
    // Whoever leads for the first time waits for as long as another might think that it leads: 15 seconds.
    const told = { withinMs: 30_000, everyMs: 200 };
    const condition = await eventually(
      'the Record has a condition',
      async () => {
        const path = `/apis/syntixi.io/v1alpha1/namespaces/${NAMESPACE}/records/smtp`;
        const { body } = await cluster.request<{ status?: { conditions?: readonly Condition[] } }>('GET', path);
        return body.status?.conditions?.find(({ type }) => type === 'Served');
      },
      told,
    );
    expect(condition).toMatchObject({ observedGeneration: 1, reason: expect.stringMatching(/^[A-Z]\w+$/) });
    const event = await eventually(
      'the Service has an Event',
      async () => {
        const path = `/apis/events.k8s.io/v1/namespaces/${NAMESPACE}/events`;
        const { body } = await cluster.request<{ items: readonly Event[] }>('GET', path);
        return body.items.find(({ regarding }) => regarding.name === 'bad');
      },
      told,
    );
    expect(event).toMatchObject({ type: 'Warning', reason: 'OwnerNameInvalid', regarding: { kind: 'Service' } });
    expect(event.note).toContain('a.*.example.com');
  }, 90_000);

  it('goes on when a kind is removed', async () => {
    await objects.undefine('records.syntixi.io');
    await becomes('grpc.example.com', 'A', ['grpc.example.com. 60 IN A 192.0.2.4']);
    expect(await becomes('web.shop.example.com', 'A', ['web.shop.example.com. 60 IN A 192.0.2.11'])).toBe(true);
  }, 60_000);
});

interface Condition {
  readonly type: string;
}

interface Event {
  readonly regarding: { readonly name: string };
  readonly note: string;
}
