/** A process of its own for `udp-workers.test.ts`: starts workers, prints the time, and exits without stopping them, in the way the argument says. */
import { startUdpWorkers } from '../udp-workers.ts';

const [backEnd, way] = process.argv.slice(2);
const silent = (): void => undefined;
await startUdpWorkers({
  addresses: [
    { address: '127.0.0.1', port: 0 },
    { address: '::1', port: 0 },
  ].slice(0, way === 'exit' ? 1 : 2),
  workers: 2,
  handlerModule: new URL('./scripted-handler.ts', import.meta.url),
  backEnd: backEnd === 'dgram' ? 'dgram' : 'native',
  clock: {
    now: Date.now,
    monotonic: () => performance.now(),
    after: (delayMs, callback) => {
      const timer = setTimeout(callback, delayMs);
      return () => clearTimeout(timer);
    },
  },
  logger: { debug: silent, info: silent, warn: silent, error: silent },
});
process.stdout.write(`${Date.now()}\n`, () => {
  if (way === 'exit') process.exit(3);
  throw new Error('uncaught');
});
