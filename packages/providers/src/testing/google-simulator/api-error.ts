/** One of the errors of an answer. */
export interface Fault {
  readonly reason: string;
  readonly message: string;
}

/** An answer that is not 200, in Google's format for JSON APIs. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly faults: readonly Fault[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, faults: readonly Fault[], headers: Readonly<Record<string, string>> = {}) {
    super(faults[0]?.message ?? '');
    this.status = status;
    this.faults = faults;
    this.headers = headers;
  }

  /** The answer's body. */
  get body(): unknown {
    const errors = this.faults.map(({ message, reason }) => ({ message, domain: 'global', reason }));
    return { error: { code: this.status, message: this.message, errors } };
  }
}

/** An error with one fault. */
export function apiError(status: number, reason: string, message: string): ApiError {
  return new ApiError(status, [{ reason, message }]);
}
