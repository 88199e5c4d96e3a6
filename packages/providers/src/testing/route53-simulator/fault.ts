/** What can be made to go wrong with a request. */
export type Fault =
  /** An error of the vendor's; nothing is done. */
  | {
      readonly kind: 'error';
      readonly status: number;
      readonly code: string;
      readonly message: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** The connection is reset, and nothing is done. */
  | { readonly kind: 'reset-before' }
  /** The request is carried out, and the connection is reset before the reply. */
  | { readonly kind: 'reset-after' }
  /** Nothing is done, and no reply comes. */
  | { readonly kind: 'hang-before' }
  /** The request is carried out, and no reply comes. */
  | { readonly kind: 'hang-after' }
  /** The request is carried out when the promise is settled; until then the zone takes no other change. */
  | { readonly kind: 'hold'; readonly until: Promise<unknown> };

/** Faults in the vendor's words. */
export const FAULTS = {
  throttling: { kind: 'error', status: 400, code: 'Throttling', message: 'Rate exceeded' },
  throttledByProxy: {
    kind: 'error',
    status: 429,
    code: 'TooManyRequestsException',
    message: 'Too many requests',
    headers: { 'retry-after': '7' },
  },
  priorRequest: {
    kind: 'error',
    status: 400,
    code: 'PriorRequestNotComplete',
    message: 'The request was rejected because Route 53 was still processing a prior request.',
  },
  internal: { kind: 'error', status: 500, code: 'InternalFailure', message: 'An internal error occurred.' },
  expired: { kind: 'error', status: 403, code: 'ExpiredToken', message: 'The security token included in the request is expired' },
} as const satisfies Readonly<Record<string, Fault>>;

/** Which requests a fault strikes, and how often. */
export interface FaultRule {
  readonly fault: Fault;
  /** @default every operation */
  readonly operation?: string;
  /** @default 1 */
  readonly times?: number;
  /** Lets so many requests that it would strike go by first. @default 0 */
  readonly after?: number;
}
