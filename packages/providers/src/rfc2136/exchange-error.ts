/** How far an exchange with a server came before it failed. */
export type ExchangeFailure =
  /** The server never got the request. */
  | 'not-sent'
  /** The request was sent, or some of it, and no reply came. */
  | 'no-reply'
  /** A reply came that says nothing one could rely on: malformed, of another request, or not signed as it must be. */
  | 'bad-reply'
  /** The server does not accept our signature, so it has done nothing. */
  | 'key-refused';

/** An exchange with a DNS server that failed. Its message names the server, never a key's secret. */
export class ExchangeError extends Error {
  override readonly name = 'ExchangeError';
  readonly failure: ExchangeFailure;

  constructor(failure: ExchangeFailure, message: string, options: ErrorOptions = {}) {
    super(message, options);
    this.failure = failure;
  }
}
