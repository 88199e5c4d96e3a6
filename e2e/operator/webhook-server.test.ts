/**
 * `kubezone-operator webhook-server` as a process, with external-dns's own webhook client, TXT registry and plan.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { buildExternalDns, locateExternalDns } from '../../packages/providers/src/testing/external-dns/build.ts';
import { passOfExternalDns } from '../../packages/providers/src/testing/external-dns/external-dns.ts';
import { type OperatorProcess, startOperator } from '../support/built-operator.ts';

const located = locateExternalDns();
if ('missing' in located) {
  if (process.env['CI'] === 'true') throw new Error(located.missing);
  process.stderr.write(`\n*** SKIPPED: webhook-server with external-dns itself: ${located.missing}\n\n`);
}
const path = 'missing' in located ? '' : located.path;
const describeWithGo = path === '' ? describe.skip : describe;

describeWithGo('webhook-server', () => {
  let operator: OperatorProcess;
  let [url, probes] = ['', ''];

  beforeAll(async () => {
    await buildExternalDns(path);
    const addresses = ['--listen', '127.0.0.1:0', '--metrics', '127.0.0.1:0'];
    operator = await startOperator(['webhook-server', '--provider', 'memory', '--zone', 'example.com', ...addresses]);
    await operator.says('the zones of a provider are known');
    const line = operator.logLines().find(({ msg }) => msg === 'serving a provider to external-dns');
    const at = (key: string): string => `http://${String(line?.[key])}`;
    [url, probes] = [at('listen'), at('metrics')];
  }, 600_000);

  afterAll(() => operator?.stop('SIGKILL'));

  it('publishes for external-dns, has nothing to do for its next pass, changes, removes, and ends in good order', async () => {
    const www = { dnsName: 'www.example.com', recordType: 'A', targets: ['192.0.2.1', '192.0.2.2'], recordTTL: 60 };
    const app = { dnsName: 'app.example.com', recordType: 'CNAME', targets: ['lb.example.net'] };
    const outside = { dnsName: 'www.example.org', recordType: 'A', targets: ['192.0.2.1'] };
    expect((await passOfExternalDns(path, url, [www, app, outside])).create).toHaveLength(2);
    expect(await passOfExternalDns(path, url, [www, app, outside])).toEqual({});
    expect((await passOfExternalDns(path, url, [{ ...www, targets: ['192.0.2.9'] }])).updateNew).toHaveLength(1);
    const records = (await (await fetch(`${url}/records`)).json()) as readonly {
      readonly dnsName: string;
      readonly targets: unknown;
    }[];
    expect(records.filter(({ dnsName }) => dnsName === 'www.example.com')).toEqual([
      expect.objectContaining({ targets: ['192.0.2.9'] }),
    ]);
    expect(records.map(({ dnsName }) => dnsName)).not.toContain('app.example.com');
    expect(await (await fetch(`${probes}/healthz`)).text()).toBe('ok\n');
    expect(await (await fetch(`${probes}/metrics`)).text()).toContain(
      'kubezone_webhook_requests_total{provider="memory",route="POST /records",status="204"} 2',
    );
    operator.signal('SIGTERM');
    expect(await operator.ended()).toBe(0);
  }, 60_000);
});
