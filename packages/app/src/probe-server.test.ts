import { Server } from 'node:net';

import { afterEach, describe, expect, it, jest } from '@jest/globals';

import type { Health } from './health.ts';
import { type Probes, type ProbeServer, serveProbes } from './probe-server.ts';
import { recordLog } from './testing/record-log.ts';

const OK: Health = { ok: true, reasons: [] };
const LOOPBACK = [{ address: '127.0.0.1', port: 0 }];
const PROBES: Probes = {
  liveness: () => OK,
  readiness: () => OK,
  conflicts: () => ({ total: 0, conflicts: [] }),
  metrics: async () => ({ contentType: 'text/plain; version=0.0.4', text: 'up 1\n' }),
};

let server: ProbeServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** Asks a server that has these probes. */
async function ask(
  path: string,
  probes: Partial<Probes>,
  method = 'GET',
): Promise<{ status: number; type: string | null; text: string }> {
  server = await serveProbes(LOOPBACK, { ...PROBES, ...probes }, recordLog());
  const response = await fetch(`http://127.0.0.1:${server.addresses[0]?.port}${path}`, { method });
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
}

describe('probes over HTTP', () => {
  it.each(['/healthz', '/readyz', '/readyz?verbose'])('%s is 200 while all is well', async (path) => {
    expect(await ask(path, {})).toMatchObject({ status: 200, text: 'ok\n' });
  });

  it('say why not with 503', async () => {
    const readiness = (): Health => ({ ok: false, reasons: ['one', 'two'] });
    expect(await ask('/readyz', { readiness })).toMatchObject({ status: 503, text: 'one\ntwo\n' });
  });

  it('serve metrics with their media type', async () => {
    expect(await ask('/metrics', {})).toEqual({ status: 200, type: 'text/plain; version=0.0.4', text: 'up 1\n' });
  });

  it('list what is asked for in vain, as JSON', async () => {
    const { status, type, text } = await ask('/debug/conflicts', {});
    expect([status, type, JSON.parse(text)]).toEqual([200, 'application/json', { total: 0, conflicts: [] }]);
  });

  it('say what else is wrong beside ok', async () => {
    const readiness = (): Health => ({ ...OK, notes: ['one'] });
    expect(await ask('/readyz', { readiness })).toMatchObject({ status: 200, text: 'ok\none\n' });
  });

  it('answer 500 where metrics cannot be read, and live on', async () => {
    const metrics = async (): Promise<never> => {
      throw new Error('broken');
    };
    expect(await ask('/metrics', { metrics })).toMatchObject({ status: 500, text: 'broken\n' });
    expect((await fetch(`http://127.0.0.1:${server?.addresses[0]?.port}/healthz`)).status).toBe(200);
  });

  it('know no other path and no other method', async () => {
    expect((await ask('/', {})).status).toBe(404);
    await server?.close();
    expect((await ask('/healthz', {}, 'POST')).status).toBe(405);
  });

  it('answer HEAD without a body', async () => {
    expect(await ask('/healthz', {}, 'HEAD')).toMatchObject({ status: 200, text: '' });
  });

  it('reject an address that is taken, with nothing left open', async () => {
    server = await serveProbes(LOOPBACK, PROBES, recordLog());
    const [taken] = server.addresses;
    if (taken === undefined) throw new Error('no address');
    await expect(serveProbes([{ address: '127.0.0.1', port: 0 }, taken], PROBES, recordLog())).rejects.toThrow('EADDRINUSE');
  });
});

describe('on a machine without IPv6, probes', () => {
  const ALL = [
    { address: '0.0.0.0', port: 0 },
    { address: '::', port: 0 },
  ];

  /** Makes the system say so. */
  function withoutIPv6(): void {
    // eslint-disable-next-line typescript/unbound-method -- called with its own `this`
    const real = Server.prototype.listen as (this: Server, ...rest: unknown[]) => Server;
    jest.spyOn(Server.prototype, 'listen').mockImplementation(function listen(this: Server, ...rest: unknown[]) {
      const [{ host }] = rest as [{ host: string }];
      if (host !== '::') return real.apply(this, rest);
      const error = Object.assign(new Error('listen EAFNOSUPPORT :::0'), { code: 'EAFNOSUPPORT' });
      setImmediate(() => this.emit('error', error));
      return this;
    });
  }

  afterEach(() => void jest.restoreAllMocks());

  it('are served on IPv4 where all addresses are meant', async () => {
    withoutIPv6();
    const logger = recordLog();
    server = await serveProbes(ALL, PROBES, logger);
    expect(server.addresses).toEqual([{ address: '0.0.0.0', port: expect.any(Number) }]);
    expect(logger.take()).toEqual(['warn: this machine has no IPv6']);
    expect((await fetch(`http://127.0.0.1:${server.addresses[0]?.port}/healthz`)).status).toBe(200);
  });

  it('are refused where IPv6 alone is meant', async () => {
    withoutIPv6();
    await expect(serveProbes([{ address: '::', port: 0 }], PROBES, recordLog())).rejects.toMatchObject({
      exitCode: 1,
      lines: ['cannot serve metrics on [::]:0: listen EAFNOSUPPORT :::0 [LISTEN_FAILED]'],
    });
  });
});
