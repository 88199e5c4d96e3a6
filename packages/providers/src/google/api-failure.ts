import { isFailure, nameOf, type OwnerName, scanName } from '@kubezone/core';

/** An answer of Cloud DNS that is not 2xx. */
export interface ApiFailure {
  /** HTTP status. */
  readonly status: number;
  /** Whether it is written as Google writes errors; if not, somebody else has answered. */
  readonly isGoogles: boolean;
  /** In the vendor's words, for a person. */
  readonly message: string;
  /** What is wrong, each for itself; the vendor reports several of one kind at once. */
  readonly faults: readonly ApiFault[];
  /** When it may be tried again, in milliseconds from now, where the answer says so. */
  readonly retryAfterMs: number | undefined;
}

/** One of the things that are wrong with a request. */
export interface ApiFault {
  /** Google's code, such as `alreadyExists`. */
  readonly reason: string;
  readonly message: string;
  /** Which RRset of a change it is about, where it says. */
  readonly place: FaultPlace | undefined;
}

/** How the vendor names an RRset of a change: `entity.change.additions[3].rrdata[0]`, or `entity.change.additions[www.example.com.][CNAME]`. */
export type FaultPlace =
  | { readonly kind: 'index'; readonly list: 'additions' | 'deletions'; readonly index: number }
  | { readonly kind: 'rrset'; readonly owner: OwnerName; readonly type: string };

/** The longest text of the vendor's that is passed on. */
const MAX_MESSAGE = 600;

/** How much of an answer that is no JSON is looked at, in characters. */
const MAX_SHOWN = 200;

/**
 * Reads an answer that is not 2xx, in Google's JSON error format or in none (a proxy's page).
 *
 * @param now milliseconds since the Unix epoch, for a Retry-After that is a date
 */
export function readApiFailure(
  status: number,
  body: string,
  headers: { readonly 'retry-after'?: string | undefined },
  now: number,
): ApiFailure {
  const error = errorOf(body);
  const listed = Array.isArray(error?.['errors']) ? (error['errors'] as readonly unknown[]) : [];
  const faults = listed.filter(isRecord).map((one): ApiFault => {
    const message = textOf(one['message']);
    return { reason: textOf(one['reason']), message, place: placeOf(message) };
  });
  const message = textOf(error?.['message']) || textOf(faults[0]?.message) || shown(body) || 'no reason given';
  const retryAfterMs = retryAfter(headers['retry-after'], now) ?? retryInfo(error?.['details']);
  return { status, isGoogles: error !== undefined, message: message.slice(0, MAX_MESSAGE), faults, retryAfterMs };
}

/** Whether the vendor wants to be asked less often. `quotaExceeded` is not about that, but about sizes. */
export function isThrottling({ status, faults }: ApiFailure): boolean {
  return status === 429 || (status === 403 && faults.some(({ reason }) => /rateLimitExceeded|dailyLimitExceeded/i.test(reason)));
}

/** Whether the managed zone that was asked for, or the project, does not exist. */
export function isZoneUnknown({ status, message }: ApiFailure): boolean {
  return (status === 404 || status === 400) && /'parameters\.(?:managedZone|project)'/.test(message);
}

function placeOf(message: string): FaultPlace | undefined {
  const match = /'entity\.change\.(additions|deletions)\[([^\]]+)\](?:\[(\w+)\])?/.exec(message);
  const [, list, which = '', type] = match ?? [];
  if (list === undefined) return undefined;
  if (type === undefined)
    return /^\d{1,6}$/.test(which)
      ? { kind: 'index', list: list === 'additions' ? 'additions' : 'deletions', index: Number(which) }
      : undefined;
  const owner = scanName(which, nameOf('.'));
  return isFailure(owner) ? undefined : { kind: 'rrset', owner, type };
}

function errorOf(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    const error = isRecord(parsed) ? parsed['error'] : undefined;
    return isRecord(error) ? error : undefined;
  } catch {
    return undefined;
  }
}

/** RFC 9110, section 10.2.3: seconds, or a date. */
function retryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,6}$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** `google.rpc.RetryInfo`, which newer parts of Google's front end send: `"retryDelay": "12.5s"`. */
function retryInfo(details: unknown): number | undefined {
  if (!Array.isArray(details)) return undefined;
  for (const detail of details as readonly unknown[]) {
    const delay = isRecord(detail) ? /^(\d{1,6}(?:\.\d{1,9})?)s$/.exec(textOf(detail['retryDelay'])) : null;
    if (delay !== null) return Math.ceil(Number(delay[1]) * 1000);
  }
  return undefined;
}

function shown(body: string): string {
  return body
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, MAX_SHOWN);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
