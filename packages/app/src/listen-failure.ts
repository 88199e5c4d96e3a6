/** An address that could not be listened on: what the errors of those who listen have in common. */
export interface ListenFailure extends Error {
  readonly code: 'LISTEN_FAILED';
  readonly address: string;
  readonly port: number;
  /** The system's reason, such as `EADDRINUSE`. */
  readonly reason: string;
}

/** Whether an error is one. */
export function isListenFailure(error: unknown): error is ListenFailure {
  return error instanceof Error && 'code' in error && error.code === 'LISTEN_FAILED' && 'address' in error && 'reason' in error;
}

/** Why HTTP cannot be served. */
export class HttpListenError extends Error implements ListenFailure {
  override readonly name = 'HttpListenError';
  readonly code = 'LISTEN_FAILED';
  readonly address: string;
  readonly port: number;
  readonly reason: string;

  constructor(address: string, port: number, cause: NodeJS.ErrnoException) {
    super(cause.message, { cause });
    this.address = address;
    this.port = port;
    this.reason = cause.code ?? 'UNKNOWN';
  }
}
