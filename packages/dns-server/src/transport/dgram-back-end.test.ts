import { createSocket } from 'node:dgram';

import { afterEach, describe, expect, it } from '@jest/globals';

import type { WorkerContext } from './answer-slot.ts';
import { DgramBackEnd } from './dgram-back-end.ts';
import { serveDgram } from './dgram-exchange.ts';
import { UdpClient } from './testing/udp-client.ts';
import { COUNTERS } from './udp-statistics.ts';
import { type BackEndSetup, CONTROL_WORDS, DRAIN, PHASE } from './worker-control.ts';
import { WorkerEpochs } from './worker-epochs.ts';

const BUFFERS = { receiveBuffer: 0, sendBuffer: 0 };
const silent = (): void => undefined;
const open = (address: string, canSharePort: boolean): Promise<DgramBackEnd> =>
  DgramBackEnd.open([{ address, port: 0 }], BUFFERS, silent, async () => canSharePort);

/** Serves in this thread, with a handler that sends queries back, until it is told to end. */
function serve(setup: BackEndSetup): { readonly ready: Promise<void>; readonly end: () => Promise<void> } {
  const control = new Int32Array(new SharedArrayBuffer(CONTROL_WORDS * 4));
  const ready = Promise.withResolvers<void>();
  const ending = Promise.withResolvers<void>();
  const context: WorkerContext = {
    worker: 0,
    handler: {
      handle: (query, length, answer) => {
        answer.set(query.subarray(0, length));
        return length;
      },
    },
    control,
    counters: new Float64Array(new SharedArrayBuffer(COUNTERS * 8)),
    epochs: WorkerEpochs.create(1),
    logger: { debug: silent, info: silent, warn: silent, error: silent },
    ending: ending.promise,
    defer: silent,
    onLateAnswer: silent,
    ready: ready.resolve,
  };
  const served = serveDgram(setup as BackEndSetup & { kind: 'dgram' }, context);
  return {
    ready: Promise.race([ready.promise, served]),
    end: () => {
      Atomics.store(control, PHASE, DRAIN);
      ending.resolve();
      return served;
    },
  };
}

describe('the fallback', () => {
  const clients: UdpClient[] = [];
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()));
  });

  it('has as many workers as one likes where the system spreads queries over sockets, and one where it does not', async () => {
    const [spreads, spreadsNot] = [await open('127.0.0.1', true), await open('127.0.0.1', false)];
    expect([spreads.maxWorkers, spreadsNot.maxWorkers]).toEqual([Infinity, 1]);
  });

  it.each([true, false])('answers on a wildcard from the address that was asked; port shared: %s', async (sharesPort) => {
    const backEnd = await open('0.0.0.0', sharesPort);
    const port = backEnd.addresses[0]?.port ?? 0;
    const { ready, end } = serve(backEnd.prepare());
    await ready;
    const client = await UdpClient.open();
    clients.push(client);
    client.send({ address: '127.0.0.1', port }, 'query');
    expect(await client.next()).toEqual({ text: 'query', address: '127.0.0.1', port });
    await end();
  });

  it('finds out by itself, as about Linux, that the system does', async () => {
    const { maxWorkers } = await DgramBackEnd.open([{ address: '127.0.0.1', port: 0 }], BUFFERS, silent);
    const spreads = ['linux', 'freebsd', 'sunos', 'aix'].includes(process.platform);
    expect(maxWorkers).toBe(spreads ? Infinity : 1);
  });

  it('refuses a port that another program has, also where sockets may overlap', async () => {
    const other = createSocket('udp4');
    await new Promise<void>((resolve) => other.bind(0, '127.0.0.1', resolve));
    const { port } = other.address();
    const opening = DgramBackEnd.open([{ address: '127.0.0.1', port }], BUFFERS, silent, async () => false);
    await expect(opening).rejects.toMatchObject({ code: 'LISTEN_FAILED', reason: 'EADDRINUSE', port });
    await new Promise<void>((resolve) => other.close(() => resolve()));
  });
});
