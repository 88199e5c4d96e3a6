/** Why UDP workers could not start, or one of them ended. */
export type UdpWorkersErrorCode =
  /** The native addon was asked for, and cannot be had: the message says why. */
  | 'UDP_ADDON_MISSING'
  /** A worker thread ended without saying why. */
  | 'UDP_WORKER_ENDED';

/** Trouble with UDP workers that is not an address's: that is `ListenError`. */
export class UdpWorkersError extends Error {
  override readonly name = 'UdpWorkersError';
  readonly code: UdpWorkersErrorCode;

  constructor(code: UdpWorkersErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
