import { ListenError } from '../listen-error.ts';
import type { Transport } from '../statistics.ts';
import type { ConnectionTable } from './connection-table.ts';
import { TcpListener, type TcpOptions } from './tcp.ts';
import type { TcpConnection } from './tcp-connection.ts';
import { type AnswerDatagram, UdpListener } from './udp.ts';

/** A UDP and a TCP socket on one address and port. */
export interface BoundPair {
  readonly address: string;
  readonly port: number;
  /** @param cutOff resolves when the time for ending in good order is over */
  close(cutOff: Promise<void>): Promise<void>;
}

/** What the two sockets need. */
export interface PairOptions {
  readonly address: string;
  /** 0 for a free one. */
  readonly port: number;
  readonly receiveBufferOctets: number | undefined;
  readonly answerDatagram: AnswerDatagram;
  readonly connections: ConnectionTable<TcpConnection>;
  readonly host: TcpOptions['host'];
  readonly onError: (transport: Transport, error: Error) => void;
}

/** How often another free port is tried, where the one that TCP got is taken for UDP. */
const ATTEMPTS_FOR_A_FREE_PORT = 20;

/**
 * Binds TCP and UDP to the same port.
 *
 * @throws {ListenError} with nothing left bound
 */
export async function listenOnPair(options: PairOptions): Promise<BoundPair> {
  for (let attempt = 1; ; attempt++) {
    const tcp = await listenTcp(options);
    const { port } = tcp;
    try {
      const udp = await listenUdp(options, port);
      return {
        address: options.address,
        port,
        close: async (cutOff) => {
          await Promise.all([udp.close(cutOff), tcp.close(cutOff)]);
        },
      };
    } catch (error) {
      await tcp.close(Promise.resolve());
      const another = options.port === 0 && attempt < ATTEMPTS_FOR_A_FREE_PORT;
      if (!another || !(error instanceof ListenError) || error.reason !== 'EADDRINUSE') throw error;
    }
  }
}

async function listenTcp(options: PairOptions): Promise<TcpListener> {
  const { address, port, connections, host, onError } = options;
  try {
    return await TcpListener.listen({ address, port, connections, host, onError: (error) => onError('tcp', error) });
  } catch (error) {
    throw new ListenError('tcp', address, port, error);
  }
}

async function listenUdp(options: PairOptions, port: number): Promise<UdpListener> {
  const { address, receiveBufferOctets, answerDatagram, host, onError } = options;
  try {
    return await UdpListener.listen({
      address,
      port,
      answer: answerDatagram,
      statistics: host.statistics,
      onError: (error) => onError('udp', error),
      ...(receiveBufferOctets !== undefined && { receiveBufferOctets }),
    });
  } catch (error) {
    throw new ListenError('udp', address, port, error);
  }
}
