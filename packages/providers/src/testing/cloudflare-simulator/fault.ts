import type { CloudflareSimulator } from './cloudflare-simulator.ts';

/** A request as tests see it. */
export interface SeenRequest {
  readonly method: string;
  /** Below `/client/v4`, without the query. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** Something that goes wrong with a request. */
export type Fault =
  /** It is answered so, and not done. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly body: unknown;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** The connection is reset, after the request was done or without that. */
  | { readonly kind: 'reset'; readonly done: boolean }
  /** No answer comes. */
  | { readonly kind: 'silence'; readonly done: boolean }
  /** It is done, and the connection ends in the middle of the answer. */
  | { readonly kind: 'cut' }
  /** It is done, and then answered so. */
  | { readonly kind: 'done-but'; readonly status: number; readonly body: unknown }
  /** Somebody else does something just before. */
  | { readonly kind: 'before'; readonly run: (simulator: CloudflareSimulator) => void };

/** A fault, and the requests that it befalls. */
export interface PlannedFault {
  readonly fault: Fault;
  readonly on: (request: SeenRequest) => boolean;
  /** How many more requests. */
  times: number;
}

/** An answer in the vendor's form that says no. */
export function refusalBody(code: number, message: string): unknown {
  return { result: null, success: false, errors: [{ code, message }], messages: [] };
}
