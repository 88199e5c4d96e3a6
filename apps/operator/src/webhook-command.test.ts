import { createServer, type Server } from 'node:net';

import { afterEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '@kubezone/app';
import { recordLog } from '@kubezone/app/testing';

import type { WebhookConfig } from './config/operator-config.ts';
import { load } from './testing/load-text.ts';
import { type RunningWebhook, serveWebhook } from './webhook-command.ts';

const running: RunningWebhook[] = [];
const servers: Server[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
  for (const server of servers.splice(0)) server.close();
});

function configOf(...words: readonly string[]): WebhookConfig {
  const loaded = load([
    'webhook-server',
    '--provider',
    'memory',
    '--metrics',
    '127.0.0.1:0',
    '--listen',
    '127.0.0.1:0',
    ...words,
  ]);
  if (loaded.kind !== 'config' || loaded.config.kind !== 'webhook') throw new Error(JSON.stringify(loaded));
  return loaded.config.webhook;
}

async function serve(config: WebhookConfig) {
  const logger = recordLog();
  const server = await serveWebhook(config, { clock: systemClock, logger, print: () => undefined });
  running.push(server);
  const at = (addresses: RunningWebhook['addresses']) => `http://127.0.0.1:${addresses[0]?.port}`;
  const ask = async (base: string, path: string, body?: unknown) => {
    const response = await fetch(base + path, body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) });
    return { status: response.status, text: await response.text() };
  };
  return {
    logger,
    server,
    ask: (path: string, body?: unknown) => ask(at(server.addresses), path, body),
    probe: (path: string) => ask(at(server.probeAddresses), path),
  };
}

const WWW = { dnsName: 'www.example.com', targets: ['192.0.2.1'], recordType: 'A', recordTTL: 300 };

describe('webhook-server', () => {
  it('serves a provider, and tells how it is', async () => {
    const { ask, probe, logger } = await serve(configOf('--zone', 'example.com', '--zone', 'b.test'));
    expect(JSON.parse((await ask('/')).text)).toEqual({ include: ['b.test', 'example.com'] });
    expect((await ask('/records', { create: [WWW, { ...WWW, dnsName: 'www.example.org' }] })).status).toBe(500);
    expect(JSON.parse((await ask('/records')).text)).toEqual([WWW]);
    expect(await probe('/healthz')).toEqual({ status: 200, text: 'ok\n' });
    expect(await probe('/readyz')).toEqual({ status: 200, text: 'ok\n' });
    expect(await probe('/debug/conflicts')).toEqual({ status: 404, text: 'here are /metrics, /healthz, /readyz\n' });
    const metrics = (await probe('/metrics')).text;
    for (const line of [
      'kubezone_webhook_requests_total{provider="memory",route="GET /records",status="200"} 1',
      'kubezone_webhook_requests_total{provider="memory",route="POST /records",status="500"} 1',
      'kubezone_webhook_names_total{provider="memory",result="changed"} 1',
      'kubezone_webhook_names_total{provider="memory",result="failed"} 1',
      'kubezone_webhook_provider_up{provider="memory"} 1',
    ])
      expect(metrics.split('\n')).toContain(line);
    expect(logger.take()).toEqual([
      'info: serving a provider to external-dns',
      'info: the zones of a provider are known',
      'error: changes of external-dns were not all made',
    ]);
  });

  it('serves the zones at and below its selectors alone, and says so where there is none', async () => {
    const config = configOf('--zone', 'example.com', '--zone', 'a.test', '--zone', 'sub.a.test');
    const below = await serve({
      ...config,
      selectors: config.selectors.map((one) => ({ ...one, belowOnly: one.name === 'a.test.' })),
      excludeNames: config.selectors.slice(0, 1),
    });
    expect(JSON.parse((await below.ask('/')).text)).toEqual({ include: ['sub.a.test'] });
    const none = await serve({ ...config, excludeNames: config.selectors });
    expect((await none.ask('/')).status).toBe(503);
    expect(none.logger.take()).toContain('warn: a provider has no zone that is asked for');
  });

  it('warns where others than those on this machine can reach it', async () => {
    const { logger } = await serve({ ...configOf('--zone', 'a.test'), listen: [{ address: '0.0.0.0', port: 0 }] });
    expect(logger.take()).toContain('warn: whoever reaches these addresses may change the zones');
  });

  it('does not start where an address is taken, and leaves nothing behind', async () => {
    const taken = createServer();
    servers.push(taken);
    const port = await new Promise<number>((resolve) =>
      taken.listen(0, '127.0.0.1', () => resolve((taken.address() as { port: number }).port)),
    );
    const config = configOf('--zone', 'a.test');
    const start = (change: Partial<WebhookConfig>) =>
      serveWebhook({ ...config, ...change }, { clock: systemClock, logger: recordLog(), print: () => undefined });
    await expect(start({ listen: [{ address: '127.0.0.1', port }] })).rejects.toMatchObject({
      exitCode: 1,
      lines: [expect.stringMatching(/^cannot serve external-dns on 127\.0\.0\.1:\d+: .*EADDRINUSE.* \[LISTEN_FAILED\]$/)],
    });
    await expect(start({ metrics: [{ address: '127.0.0.1', port }] })).rejects.toMatchObject({ exitCode: 1 });
  });
});
