/**
 * A zone whose name server is a Service, in the built resolver: the cases of k8s_gateway's apex Service, and what it got wrong.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';

import { eventually } from '../support/eventually.ts';
import type { ReplyRecord } from '../support/read-reply.ts';
import { type ResolverProcess, startResolver } from '../support/resolver-process.ts';

// A process is started: on a busy machine that takes more than Jest's five seconds.
jest.setTimeout(60_000);

const TYPE_NAMES: Readonly<Record<number, string>> = { 1: 'A', 2: 'NS', 6: 'SOA', 28: 'AAAA' };

/** fd00::1, as the reader of replies prints it. */
const FD00_1 = String.raw`\# 16 fd000000000000000000000000000001`;

const service = (ips: readonly string[]): string => `apiVersion: v1
kind: Service
metadata: {name: dns1, namespace: kube-system}
spec: {type: LoadBalancer, clusterIP: 10.96.0.53, ports: [{port: 53, protocol: UDP}]}
status: {loadBalancer: {ingress: [${ips.map((ip) => `{ip: "${ip}"}`).join(', ')}]}}
`;

const CONFIG = (manifests: string): string => `
manifests: ${manifests}
sources: [ingress]
zones:
  - name: example.com
    ttl: 60
    soa: {email: hostmaster@example.com}
    nameservers: [{name: dns1.kube-system.example.com, service: kube-system/dns1}]
`;

let folder: string;
let resolver: ResolverProcess;
let stop = (): Promise<void> => Promise.resolve();

const write = (ips: readonly string[]): void => writeFileSync(join(folder, 'manifests', 'dns1.yaml'), service(ips));

const printed = (records: readonly ReplyRecord[]): string[] =>
  records
    .map(({ owner, ttl, type, rdata }) => `${owner} ${ttl} ${TYPE_NAMES[type] ?? type} ${type === 6 ? '…' : rdata}`)
    .toSorted();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kubezone-name-servers-'));
  mkdirSync(join(folder, 'manifests'));
  write(['192.0.1.53']);
  writeFileSync(join(folder, 'kubezone.yaml'), CONFIG(join(folder, 'manifests')));
  resolver = await startResolver(['--config', join(folder, 'kubezone.yaml')]);
  stop = () => resolver.stop();
  await eventually('it is ready', async () => ((await resolver.http('/readyz')).status === 200 ? true : undefined), {
    withinMs: 10_000,
  });
});

afterAll(async () => {
  await stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('a zone whose name server is a Service', () => {
  const HOST = 'dns1.kube-system.example.com';

  it.each<{ name: string; type: 'A' | 'AAAA' | 'NS' | 'SOA' | 'TXT'; outcome: string; answer?: string[]; additional?: string[] }>(
    [
      {
        name: 'example.com',
        type: 'NS',
        outcome: 'NOERROR',
        answer: [`example.com. 60 NS ${HOST}.`],
        additional: [`${HOST}. 60 A 192.0.1.53`],
      },
      { name: HOST, type: 'A', outcome: 'NOERROR', answer: [`${HOST}. 60 A 192.0.1.53`] },
      { name: HOST, type: 'AAAA', outcome: 'NODATA' },
      { name: HOST, type: 'TXT', outcome: 'NODATA' },
      { name: HOST, type: 'NS', outcome: 'NODATA' },
      { name: HOST, type: 'SOA', outcome: 'NODATA' },
      { name: `foo.${HOST}`, type: 'A', outcome: 'NXDOMAIN' },
      // An empty non-terminal.
      { name: 'kube-system.example.com', type: 'A', outcome: 'NODATA' },
    ],
  )('$name $type: $outcome', async ({ name, type, outcome, answer = [], additional = [] }) => {
    expect(await resolver.outcome(name, type)).toBe(outcome);
    const reply = await resolver.ask(name, type);
    expect([printed(reply.answer), printed(reply.additional)]).toEqual([answer, additional]);
    expect(reply.aa).toBe(true);
  });

  it('has both families as glue where the Service has', async () => {
    write(['9.9.9.9', 'fd00::1']);
    const glue = await eventually(
      'the new addresses',
      async () => {
        const { additional } = await resolver.ask('example.com', 'NS');
        return additional.length === 2 ? printed(additional) : undefined;
      },
      { withinMs: 10_000 },
    );
    expect(glue).toEqual([`${HOST}. 60 A 9.9.9.9`, `${HOST}. 60 AAAA ${FD00_1}`]);
    expect(await resolver.addresses(HOST, 'A')).toEqual(['9.9.9.9']);
    expect(await resolver.addresses(HOST, 'AAAA')).toEqual([FD00_1]);
  });

  it('exists without an address while the Service has none', async () => {
    write([]);
    await eventually('NODATA', async () => ((await resolver.outcome(HOST)) === 'NODATA' ? true : undefined), {
      withinMs: 10_000,
    });
    expect(printed((await resolver.ask('example.com', 'NS')).answer)).toEqual([`example.com. 60 NS ${HOST}.`]);
  });
});
