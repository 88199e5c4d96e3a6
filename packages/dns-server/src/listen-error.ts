/** Why the server could not start. */
export type ListenErrorCode =
  /** An address or port cannot be bound: taken, not allowed, or not of this machine. */
  'LISTEN_FAILED';

/** An address that the server could not listen on. Whatever was bound before it has been closed again. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
  readonly code: ListenErrorCode = 'LISTEN_FAILED';
  readonly address: string;
  readonly port: number;
  readonly transport: 'udp' | 'tcp';
  /** The system's reason, such as `EADDRINUSE` or `EACCES`. */
  readonly reason: string;

  constructor(transport: 'udp' | 'tcp', address: string, port: number, cause: unknown) {
    const reason = reasonOf(cause);
    super(`cannot listen on ${printEndpoint(address, port)} (${transport.toUpperCase()}): ${explain(reason, cause)}`, { cause });
    this.transport = transport;
    this.address = address;
    this.port = port;
    this.reason = reason;
  }
}

/** An address and port as they are written together: `192.0.2.1:53`, `[2001:db8::1]:53`. */
export function printEndpoint(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

function reasonOf(cause: unknown): string {
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' ? code : 'UNKNOWN';
}

function explain(reason: string, cause: unknown): string {
  switch (reason) {
    case 'EADDRINUSE':
      return 'another program listens there (EADDRINUSE)';
    case 'EACCES':
      return 'ports below 1024 need the capability NET_BIND_SERVICE (EACCES)';
    case 'EADDRNOTAVAIL':
      return 'this machine has no such address (EADDRNOTAVAIL)';
    default:
      return cause instanceof Error ? cause.message : String(cause);
  }
}
