import type { ListenAddress } from '../server-options.ts';
import { ListenError } from '../listen-error.ts';
import { TcpListener, type TcpOptions } from './tcp.ts';
import type { UdpWorkers } from './udp-workers.ts';

/** The sockets of a server: for each address one that listens for TCP, and UDP workers for all of them. */
export interface BoundSockets {
  /** With the ports that were found where 0 was asked for. */
  readonly addresses: readonly ListenAddress[];
  readonly udp: UdpWorkers;
  /** @param timeoutMs after which what has not ended is cut off */
  close(cutOff: Promise<void>, timeoutMs: number): Promise<void>;
}

/** What the sockets need. */
export interface SocketsOptions {
  readonly addresses: readonly ListenAddress[];
  readonly tcp: Omit<TcpOptions, 'address' | 'port' | 'onError'>;
  readonly startUdp: (addresses: readonly ListenAddress[]) => Promise<UdpWorkers>;
  /** Told of errors of a listening TCP socket, which goes on. */
  readonly onTcpError: (error: Error, at: ListenAddress) => void;
}

/** How often other free ports are tried, where one that TCP got is taken for UDP. */
const ATTEMPTS_FOR_FREE_PORTS = 20;

/**
 * Binds TCP and UDP to the same ports: TCP first, since that is what finds free ones.
 *
 * @throws {ListenError} for the first address that cannot be had, with nothing left bound
 */
export async function bindSockets(options: SocketsOptions): Promise<BoundSockets> {
  for (let attempt = 1; ; attempt++) {
    const listeners = await listenTcp(options);
    const addresses = options.addresses.map(({ address }, index) => ({ address, port: (listeners[index] as TcpListener).port }));
    try {
      const udp = await options.startUdp(addresses);
      return {
        addresses,
        udp,
        close: async (cutOff, timeoutMs) => {
          await Promise.all([udp.stop(timeoutMs), ...listeners.map((listener) => listener.close(cutOff))]);
        },
      };
    } catch (error) {
      await Promise.all(listeners.map((listener) => listener.close(Promise.resolve())));
      if (attempt === ATTEMPTS_FOR_FREE_PORTS || !wasFoundTaken(error, addresses, options.addresses)) throw error;
    }
  }
}

/** Whether UDP has not got a port that was free for TCP, and another may do. */
function wasFoundTaken(error: unknown, tried: readonly ListenAddress[], wanted: readonly ListenAddress[]): boolean {
  if (!(error instanceof ListenError) || error.reason !== 'EADDRINUSE') return false;
  const index = tried.findIndex(({ address, port }) => address === error.address && port === error.port);
  return wanted[index]?.port === 0;
}

async function listenTcp({ addresses, tcp, onTcpError }: SocketsOptions): Promise<TcpListener[]> {
  const listeners: TcpListener[] = [];
  for (const { address, port } of addresses) {
    try {
      const onError = (error: Error): void => onTcpError(error, { address, port });
      listeners.push(await TcpListener.listen({ address, port, onError, ...tcp }));
    } catch (error) {
      await Promise.all(listeners.map((listener) => listener.close(Promise.resolve())));
      throw new ListenError('tcp', address, port, error);
    }
  }
  return listeners;
}
