/** An answer with `success: false`. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly code: number;
  readonly chain: readonly { readonly code: number; readonly message: string }[];

  constructor(status: number, code: number, message: string, chain: ApiError['chain'] = []) {
    super(message);
    this.status = status;
    this.code = code;
    this.chain = chain;
  }
}

const SAME_NAME =
  'For more details, refer to <https://developers.cloudflare.com/dns/manage-dns-records/troubleshooting/records-with-same-name/>.';

/** The errors that the vendor is known to answer with. Their sources are its documentation and what users have quoted in public issues. */
export const API_ERRORS = {
  addressOrCnameExists: (): ApiError =>
    new ApiError(400, 81_053, `An A, AAAA, or CNAME record with that host already exists. ${SAME_NAME}`),
  cnameExists: (): ApiError => new ApiError(400, 81_054, `A CNAME record with that host already exists. ${SAME_NAME}`),
  nsExists: (): ApiError => new ApiError(400, 81_056, 'NS records with that host already exist.'),
  exists: (): ApiError => new ApiError(400, 81_057, 'The record already exists.'),
  identical: (): ApiError => new ApiError(400, 81_058, 'An identical record already exists.'),
  gone: (): ApiError => new ApiError(404, 81_044, 'Record does not exist.'),
  noZone: (): ApiError => new ApiError(404, 1001, 'Invalid zone identifier'),
  noRoute: (path: string): ApiError =>
    new ApiError(404, 7003, `Could not route to ${path}, perhaps your object identifier is invalid?`, [
      { code: 7000, message: 'No route for that URI' },
    ]),
  authentication: (): ApiError => new ApiError(403, 9109, 'Invalid access token'),
  noHeaders: (): ApiError =>
    new ApiError(400, 6003, 'Invalid request headers', [{ code: 6111, message: 'Invalid format for Authorization header' }]),
  tooMany: (): ApiError => new ApiError(429, 971, 'Please wait and consider throttling your request speed'),
  /** @param code and `message` stand in the chain */
  validation: (code: number, message: string): ApiError => new ApiError(400, 1004, 'DNS Validation Error', [{ code, message }]),
} as const;
