/** What goes wrong with a request, once. */
export type InjectedFault =
  /** The API answers with an error; nothing is done. */
  | {
      readonly kind: 'error';
      readonly status: number;
      readonly reason: string;
      readonly message?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** No answer ever comes. */
  | { readonly kind: 'silence'; readonly applied: boolean }
  /** The connection is reset instead of an answer. */
  | { readonly kind: 'reset'; readonly applied: boolean }
  /** Somebody between answers with a page of HTML. */
  | { readonly kind: 'page'; readonly status: number; readonly applied: boolean };

/** To which request it happens: one of the next whose `METHOD /path?query` matches. */
export interface FaultRule {
  readonly on: RegExp;
  /** How many such requests go well before. @default 0 */
  readonly after?: number;
  readonly fault: InjectedFault;
}
