/**
 * The reflector as a pure state machine: what to ask the API server for next, given what came of the last request.
 *
 *          ┌─ more pages ─┐              ┌─ ended by the server, having shown that it knows our version
 *          ▼              │              ▼
 *     start ─► LIST ──────┴─ last page ─► WATCH ◄──────────────┐ the server knows our version
 *       ▲    │  ▲  ▲                     │  │                  │
 *       │    │  │  └─ 410, silence, ended│  │any other  ┌─► PROBE ─┐
 *       │    ▼  │     without a word ────┘  ▼failure    │          │ its version is older
 *       └── WAIT└───────────────────────── WAIT ────────┘          │
 *               └──────────────────────────────────────────────────┘
 *
 * A server that was restored from a backup accepts a watch from a version that it has not reached yet, and is silent until it has. So a version is
 * trusted while the connection lasts; after a failure the server is asked for its own (a list of one object), and one that is older than ours means that
 * nothing that we know can be trusted.
 *
 * There is no way out: whatever fails, there is a next action. `reflector.ts` performs the actions and the effects.
 */
import type { ScopeFailure, SyncState } from '../cluster.ts';
import { ApiError, type ApiErrorCode } from './api-error.ts';
import { backoffMs } from './backoff.ts';

/** Objects per page of a list. */
export const PAGE_LIMIT = 500;
/** The shortest time after which the server is asked to end a watch, in seconds; up to a quarter more is added by chance. */
export const WATCH_TIMEOUT_SECONDS = 240;
/** How long after its announced end a watch without bookmarks may be silent, in milliseconds. */
export const SILENCE_GRACE_MS = 30_000;
/** How long a watch whose bookmarks come regularly may be silent, in milliseconds: the API server sends one a minute. */
export const BOOKMARKED_SILENCE_MS = 150_000;
/** Bookmarks no further apart than this are regular, in milliseconds. */
export const REGULAR_BOOKMARK_MS = 90_000;
/** A watch that has lasted this long was in good health, in milliseconds. */
export const HEALTHY_MS = 10_000;
/** A watch that the server ends before this is a failure like any other, in milliseconds. */
const SHORTEST_WATCH_MS = 1_000;
/** After so many failures of the watch in a row the list is read again: it may be that only watching does not work. */
const FAILURES_BEFORE_LIST = 5;
/** After so many failures to go on with a list it is begun anew. */
const FAILURES_BEFORE_RESTART = 3;

/** Reads one page. */
export interface ListAction {
  readonly kind: 'list';
  /** 0: everything at once. */
  readonly limit: number;
  /** Undefined for the first page. */
  readonly continueToken: string | undefined;
}

/** Opens a watch and reads its events. */
export interface WatchAction {
  readonly kind: 'watch';
  /** The last one known. */
  readonly resourceVersion: string;
  /** That from which the watch was opened. */
  readonly since: string;
  /** Whether the server has sent something that shows that it has reached the version `since`. */
  readonly confirmed: boolean;
  /** When the server shall end the watch. */
  readonly timeoutSeconds: number;
  /** How long the connection may be silent before it is given up, in milliseconds. Becomes shorter when bookmarks turn out to be regular. */
  readonly silenceMs: number;
}

/** Asks for the server's own version, by a list of one object that is not looked at. */
export interface ProbeAction {
  readonly kind: 'probe';
  /** The last one known. */
  readonly resourceVersion: string;
}

/** Does nothing for a while. */
export interface WaitAction {
  readonly kind: 'wait';
  readonly delayMs: number;
  readonly next: ListAction | ProbeAction;
}

export interface ReflectorState {
  readonly action: ListAction | WatchAction | ProbeAction | WaitAction;
  /** Failures since the last page. */
  readonly listFailures: number;
  /** Times that a list has been begun anew because its continue token had expired. */
  readonly listRestarts: number;
  /** Failures since the last sign of health. */
  readonly watchFailures: number;
  /** How often history was missing since the last watch in good health. */
  readonly expiries: number;
  /** When the last bookmark of the current watch came, on the monotonic clock. */
  readonly bookmarkAt: number | undefined;
  /** What was said last of this scope. */
  readonly told: SyncState;
  readonly toldCode: string | undefined;
}

/** What came of an action. */
export type ReflectorInput =
  | { readonly kind: 'page'; readonly resourceVersion: string; readonly continueToken: string | undefined }
  /** The server has accepted the watch. */
  | { readonly kind: 'opened' }
  /** @param at on the monotonic clock, in milliseconds */
  | { readonly kind: 'event'; readonly resourceVersion: string | undefined; readonly bookmark: boolean; readonly at: number }
  /** The server has ended the watch in good order. */
  | { readonly kind: 'ended'; readonly livedMs: number }
  | { readonly kind: 'failed'; readonly error: ApiError; readonly livedMs: number }
  /** The server has the resource no more, and so no objects: see `isResourceGone`. Comes after a failure that said so. */
  | { readonly kind: 'gone' }
  | { readonly kind: 'waited' };

/** What is to be done before the next action. */
export type ReflectorEffect =
  /** The event is news: pass it on. */
  | { readonly kind: 'deliver' }
  /** The pages read so far are the whole list: what was not in them is gone. */
  | { readonly kind: 'commit' }
  /** The pages read so far say nothing of what is gone. */
  | { readonly kind: 'discard' }
  /** Forget the credentials and read them again. */
  | { readonly kind: 'renew' }
  | { readonly kind: 'tell'; readonly state: SyncState; readonly failure?: ScopeFailure };

export interface ReflectorStep {
  readonly state: ReflectorState;
  readonly effects: readonly ReflectorEffect[];
}

const FIRST_PAGE: ListAction = { kind: 'list', limit: PAGE_LIMIT, continueToken: undefined };
const NOTHING: readonly ReflectorEffect[] = [];
const DELIVER: readonly ReflectorEffect[] = [{ kind: 'deliver' }];

/** Where every reflector begins. */
export const INITIAL_STATE: ReflectorState = {
  action: FIRST_PAGE,
  listFailures: 0,
  listRestarts: 0,
  watchFailures: 0,
  expiries: 0,
  bookmarkAt: undefined,
  told: 'syncing',
  toldCode: undefined,
};

/**
 * The next state.
 *
 * @param random from 0 to 1, 1 excluded; asked only where a delay is made up
 */
export function step(state: ReflectorState, input: ReflectorInput, random: () => number): ReflectorStep {
  const { action } = state;
  switch (action.kind) {
    case 'wait':
      return input.kind === 'gone' ? forget(state, action) : { state: { ...state, action: action.next }, effects: NOTHING };
    case 'list':
      if (input.kind === 'page') return turnPage(state, input, random);
      return input.kind === 'failed' ? failList(state, action, input.error, random) : { state, effects: NOTHING };
    case 'probe':
      if (input.kind === 'page') return judgeVersion(state, action, input.resourceVersion, random);
      return input.kind === 'failed' ? failWatch(state, action, input.error, 0, random) : { state, effects: NOTHING };
    case 'watch':
      return followWatch(state, action, input, random);
    default:
      return action satisfies never;
  }
}

/** As if an empty list had been read. Should the resource come back, its objects may be as they were, and no watch tells of those. */
function forget(state: ReflectorState, { delayMs }: WaitAction): ReflectorStep {
  const effects: readonly ReflectorEffect[] = [{ kind: 'discard' }, { kind: 'commit' }];
  return { state: { ...state, action: { kind: 'wait', delayMs, next: FIRST_PAGE } }, effects };
}

function turnPage(
  state: ReflectorState,
  { resourceVersion, continueToken }: { readonly resourceVersion: string; readonly continueToken: string | undefined },
  random: () => number,
): ReflectorStep {
  const healthy = { ...state, listFailures: 0 };
  if (continueToken !== undefined) {
    return { state: { ...healthy, action: { kind: 'list', limit: PAGE_LIMIT, continueToken } }, effects: NOTHING };
  }
  const listed = { ...healthy, listRestarts: 0, bookmarkAt: undefined, action: watchFrom(resourceVersion, random) };
  const commit: ReflectorEffect = { kind: 'commit' };
  // A list between two failures of the watch is no proof that the watch works again: that is said when it has been opened.
  return state.watchFailures === 0 ? tell(listed, 'synced', undefined, [commit]) : { state: listed, effects: [commit] };
}

function failList(state: ReflectorState, action: ListAction, error: ApiError, random: () => number): ReflectorStep {
  const listFailures = state.listFailures + 1;
  const failed = { ...state, listFailures };
  const wait = (next: ListAction): WaitAction => ({
    kind: 'wait',
    delayMs: backoffMs(listFailures, random(), error.retryAfterMs),
    next,
  });
  let next: ReflectorState;
  let begun: readonly ReflectorEffect[] = NOTHING;
  if (action.continueToken !== undefined && error.code === 'API_EXPIRED') {
    // Twice too slow for pages: once more, and in one piece, as client-go does.
    const listRestarts = state.listRestarts + 1;
    const again: ListAction = { ...FIRST_PAGE, limit: listRestarts > 1 ? 0 : PAGE_LIMIT };
    return {
      state: { ...failed, listRestarts, action: listFailures === 1 ? again : wait(again) },
      effects: [{ kind: 'discard' }],
    };
  } else if (action.continueToken !== undefined && listFailures >= FAILURES_BEFORE_RESTART) {
    next = { ...failed, action: wait(FIRST_PAGE) };
    begun = [{ kind: 'discard' }];
  } else {
    next = { ...failed, action: wait(action) };
  }
  // One failure while everything is known is no news: the next try comes in a fifth of a second.
  const quiet = state.told === 'synced' && listFailures === 1 && !isRefusal(error.code);
  return quiet
    ? { state: next, effects: [...begun, ...renewal(error.code)] }
    : tell(next, stateOf(error.code), error, [...begun, ...renewal(error.code)]);
}

function judgeVersion(
  state: ReflectorState,
  { resourceVersion }: ProbeAction,
  current: string,
  random: () => number,
): ReflectorStep {
  const action =
    isNewer(current, resourceVersion) || current === resourceVersion ? watchFrom(resourceVersion, random) : FIRST_PAGE;
  return { state: { ...state, action }, effects: NOTHING };
}

function followWatch(state: ReflectorState, action: WatchAction, input: ReflectorInput, random: () => number): ReflectorStep {
  switch (input.kind) {
    case 'opened':
      return tell(state, 'synced', undefined, NOTHING);
    case 'event':
      return takeEvent(state, action, input, random);
    case 'ended':
      if (input.livedMs < SHORTEST_WATCH_MS) {
        return failWatch(
          state,
          action,
          new ApiError('API_BAD_RESPONSE', 'the API server ended the watch at once'),
          input.livedMs,
          random,
        );
      }
      return {
        state: {
          ...state,
          ...(input.livedMs >= HEALTHY_MS && { watchFailures: 0, expiries: 0 }),
          bookmarkAt: undefined,
          action: afterEnd(action, input.livedMs, random),
        },
        effects: NOTHING,
      };
    case 'failed':
      return failWatch(state, action, input.error, input.livedMs, random);
    default:
      return { state, effects: NOTHING };
  }
}

/** After a watch without a word, nobody knows whether the server has reached our version; after a long one it may have passed it meanwhile. */
function afterEnd({ resourceVersion, confirmed }: WatchAction, livedMs: number, random: () => number): ReflectorState['action'] {
  if (confirmed) return watchFrom(resourceVersion, random);
  return livedMs >= HEALTHY_MS ? FIRST_PAGE : { kind: 'probe', resourceVersion };
}

function takeEvent(
  state: ReflectorState,
  action: WatchAction,
  {
    resourceVersion,
    bookmark,
    at,
  }: { readonly resourceVersion: string | undefined; readonly bookmark: boolean; readonly at: number },
  random: () => number,
): ReflectorStep {
  if (resourceVersion !== undefined && resourceVersion !== action.since && !isNewer(resourceVersion, action.since)) {
    const message = `the API server has gone back to version ${resourceVersion} from ${action.since}`;
    return failWatch(state, action, new ApiError('API_EXPIRED', message), 0, random);
  }
  // Not newer than what is known already: a repetition. Passing it on would bring back the past.
  if (resourceVersion !== undefined && !isNewer(resourceVersion, action.resourceVersion)) {
    return { state: { ...state, action: { ...action, confirmed: true } }, effects: NOTHING };
  }
  const regular = bookmark && state.bookmarkAt !== undefined && at - state.bookmarkAt <= REGULAR_BOOKMARK_MS;
  return {
    state: {
      ...state,
      watchFailures: 0,
      bookmarkAt: bookmark ? at : state.bookmarkAt,
      action: {
        ...action,
        resourceVersion: resourceVersion ?? action.resourceVersion,
        confirmed: action.confirmed || resourceVersion !== undefined,
        silenceMs: regular ? BOOKMARKED_SILENCE_MS : action.silenceMs,
      },
    },
    effects: bookmark ? NOTHING : DELIVER,
  };
}

function failWatch(
  state: ReflectorState,
  { resourceVersion }: WatchAction | ProbeAction,
  error: ApiError,
  livedMs: number,
  random: () => number,
): ReflectorStep {
  const before = livedMs >= HEALTHY_MS ? { watchFailures: 0, expiries: 0 } : state;
  const watchFailures = before.watchFailures + 1;
  const expiries = before.expiries + Number(error.code === 'API_EXPIRED');
  const failed = { ...state, watchFailures, expiries, bookmarkAt: undefined };
  // Missing history is no fault the first time: the list is read at once. Some events before it are no sign of health: it may be missing after every list.
  if (error.code === 'API_EXPIRED' && watchFailures === 1 && expiries === 1)
    return { state: { ...failed, action: FIRST_PAGE }, effects: NOTHING };
  const mustList =
    error.code === 'API_EXPIRED' ||
    // By now a server that was restored may have passed our version, so that probing would show nothing.
    error.code === 'API_SILENT' ||
    watchFailures % FAILURES_BEFORE_LIST === 0;
  const next: ReflectorState = {
    ...failed,
    action: {
      kind: 'wait',
      delayMs: backoffMs(Math.max(watchFailures, expiries), random(), error.retryAfterMs),
      next: mustList ? FIRST_PAGE : { kind: 'probe', resourceVersion },
    },
  };
  // One broken connection is daily bread, and mended in a fifth of a second.
  const quiet = watchFailures === 1 && !isRefusal(error.code);
  return quiet ? { state: next, effects: renewal(error.code) } : tell(next, stateOf(error.code), error, renewal(error.code));
}

function watchFrom(resourceVersion: string, random: () => number): WatchAction {
  const timeoutSeconds = Math.round(WATCH_TIMEOUT_SECONDS * (1 + random() / 4));
  return {
    kind: 'watch',
    resourceVersion,
    since: resourceVersion,
    confirmed: false,
    timeoutSeconds,
    silenceMs: timeoutSeconds * 1000 + SILENCE_GRACE_MS,
  };
}

/** Adds what is to be said, unless it was said already. */
function tell(
  state: ReflectorState,
  told: SyncState,
  error: ApiError | undefined,
  before: readonly ReflectorEffect[],
): ReflectorStep {
  if (state.told === told && state.toldCode === error?.code) return { state, effects: before };
  const failure = error === undefined ? {} : { failure: { code: error.code, message: error.message } };
  return { state: { ...state, told, toldCode: error?.code }, effects: [...before, { kind: 'tell', state: told, ...failure }] };
}

/** The server answers, and what it says is no. */
function isRefusal(code: ApiErrorCode): boolean {
  return code === 'API_FORBIDDEN' || code === 'API_NOT_FOUND';
}

function stateOf(code: ApiErrorCode): SyncState {
  return isRefusal(code) ? 'absent' : 'failing';
}

function renewal(code: ApiErrorCode): readonly ReflectorEffect[] {
  return code === 'API_UNAUTHORIZED' || code === 'API_CREDENTIALS' ? [{ kind: 'renew' }] : NOTHING;
}

/**
 * Whether one resource version is later than another. They are decimal numbers of any size (Kubernetes 1.35 made that part of the API);
 * where one is not, nothing is known, and it counts as later.
 */
export function isNewer(one: string, other: string): boolean {
  if (!/^\d+$/.test(one) || !/^\d+$/.test(other)) return true;
  return one.length === other.length ? one > other : one.length > other.length;
}
