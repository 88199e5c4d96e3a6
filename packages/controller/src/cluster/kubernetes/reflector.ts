import type { Clock, Logger } from '@kubezone/core';

import { isFields } from '../../resources/fields.ts';
import { type ObjectFault, projectObject, readKey } from '../../resources/project-object.ts';
import { keyOf, type ObjectKey, type Retention, type StoredObject } from '../../resources/resource.ts';
import { type ClusterSink, nameScope, type Scope } from '../cluster.ts';
import { nap } from '../nap.ts';
import { problemOf } from '../problem.ts';
import type { ApiClient, OpenAnswer } from './api-client.ts';
import { ApiError, apiErrorOf } from './api-error.ts';
import { GONE_MS } from './gone-resource.ts';
import { LineCutter } from './line-cutter.ts';
import { ListCutter } from './list-cutter.ts';
import { objectText } from './object-text.ts';
import {
  INITIAL_STATE,
  type ListAction,
  type ProbeAction,
  type ReflectorEffect,
  type ReflectorInput,
  type ReflectorState,
  step,
  type WatchAction,
} from './reflector-step.ts';
import { requestPath } from './request-path.ts';

/** The largest object that is read, in octets; etcd stores none of more than a few MiB. */
const LARGEST_OBJECT_OCTETS = 64 * 1024 * 1024;

/** Objects that have changed, undefined where they are gone. */
type EventNews = Map<ObjectKey, StoredObject | undefined>;

/** Objects of a list that are passed on together. */
const BATCH = 128;

export interface ReflectorOptions {
  readonly scope: Scope;
  readonly keep: Retention;
  readonly client: Pick<ApiClient, 'open'>;
  /** Whether the server that was listed says that it has the resource no more. May reject. */
  readonly isGone: (server: string, signal: AbortSignal) => Promise<boolean>;
  /** Called when the server does not accept the credentials any more. */
  readonly renew: () => void;
  readonly sink: ClusterSink;
  readonly clock: Clock;
  /** From 0 to 1, 1 excluded. */
  readonly random: () => number;
  readonly logger: Logger;
}

/**
 * Keeps a sink up to date with one scope of an API server: performs what `step` decides, for ever.
 *
 * Objects are trimmed one by one as their octets come in; no page is ever in memory as a whole.
 */
export class Reflector {
  readonly #options: ReflectorOptions;
  #state: ReflectorState = INITIAL_STATE;
  /** What the pages read so far list. */
  #listed = new Set<ObjectKey>();
  #faults: ObjectFault[] = [];
  /** Objects whose last content could not be used, as was reported. */
  #malformed = new Set<ObjectKey>();
  /** Which server was listed. */
  #server = '';
  /** Which of the resource's versions is read. */
  #version: string;
  /** Whether anything may be known of the scope. */
  #isKnown = false;
  /** Since when the server has had no such resource, in monotonic milliseconds. */
  #missingSince: number | undefined;

  constructor(options: ReflectorOptions) {
    this.#options = options;
    this.#version = options.scope.resource.apiVersion;
  }

  /** Runs until the signal is aborted. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const { action } = this.#state;
      const startedAt = this.#options.clock.monotonic();
      try {
        if (action.kind === 'wait') await this.#wait(action.delayMs, signal);
        else if (action.kind === 'list') await this.#list(action, signal);
        else if (action.kind === 'probe') await this.#probe(action, signal);
        else await this.#watch(action, signal);
        if (action.kind !== 'wait') this.#missingSince = undefined;
      } catch (error) {
        if (signal.aborted) return;
        this.#options.sink.failed(this.#options.scope);
        const understood = this.#understand(error);
        this.#take({ kind: 'failed', error: understood, livedMs: this.#options.clock.monotonic() - startedAt });
        if (understood.code === 'API_NOT_FOUND') await this.#miss(signal);
        else this.#missingSince = undefined;
      }
    }
  }

  /** The server has no such resource. What is known of its objects stays known for a while, since they may come back; but not for ever. */
  async #miss(signal: AbortSignal): Promise<void> {
    const { clock, isGone, scope, logger } = this.#options;
    this.#missingSince ??= clock.monotonic();
    if (!this.#isKnown || clock.monotonic() - this.#missingSince < GONE_MS) return;
    const gone = await isGone(this.#server, signal).catch(() => false);
    if (!gone || signal.aborted) return;
    logger.warn('a resource is gone from the API, and its objects with it', { scope: nameScope(scope) });
    this.#take({ kind: 'gone' });
    this.#isKnown = false;
  }

  async #wait(delayMs: number, signal: AbortSignal): Promise<void> {
    await nap(this.#options.clock, delayMs, signal).over;
    if (!signal.aborted) this.#take({ kind: 'waited' });
  }

  async #list(action: ListAction, signal: AbortSignal): Promise<void> {
    const { sink, scope } = this.#options;
    const { body } = await this.#open(action, signal);
    const cutter = new ListCutter(LARGEST_OBJECT_OCTETS);
    let objects: StoredObject[] = [];
    const pass = (): void => {
      if (objects.length > 0) sink.upserted(scope.resource, objects);
      objects = [];
    };
    for await (const chunk of body) {
      if (signal.aborted) return;
      cutter.push(chunk, (item) => this.#collect(item, objects));
      // Not one by one, and not page by page: names change in batches that keep nobody waiting.
      if (objects.length >= BATCH) pass();
    }
    if (signal.aborted) return;
    const envelope = readEnvelope(cutter.end());
    pass();
    this.#take({ kind: 'page', ...envelope });
  }

  async #probe(action: ProbeAction, signal: AbortSignal): Promise<void> {
    const { body } = await this.#open(action, signal);
    const cutter = new ListCutter(LARGEST_OBJECT_OCTETS);
    for await (const chunk of body) cutter.push(chunk, () => undefined);
    if (!signal.aborted) this.#take({ kind: 'page', ...readEnvelope(cutter.end()), continueToken: undefined });
  }

  /** Sends a request. What one server has said is nothing that another could go on from. */
  async #open(action: ListAction | ProbeAction | WatchAction, signal: AbortSignal): Promise<OpenAnswer> {
    const { client, scope } = this.#options;
    const first = action.kind === 'list' && action.continueToken === undefined;
    const answer = first
      ? await this.#openAnyVersion(action, signal)
      : await client.open(requestPath(scope, action, this.#version), signal);
    if (first) this.#server = answer.server;
    else if (answer.server !== this.#server) {
      answer.close();
      throw new ApiError('API_EXPIRED', 'the kubeconfig names another server now');
    }
    return answer;
  }

  /** Begins a list in the newest version that the server has; a server that has none of them is asked for each. */
  async #openAnyVersion(action: ListAction, signal: AbortSignal): Promise<OpenAnswer> {
    const { client, scope } = this.#options;
    const { apiVersion, olderVersions = [] } = scope.resource;
    let missing: unknown;
    for (const version of [apiVersion, ...olderVersions]) {
      try {
        const answer = await client.open(requestPath(scope, action, version), signal);
        this.#version = version;
        return answer;
      } catch (error) {
        if (!(error instanceof ApiError) || error.code !== 'API_NOT_FOUND') throw error;
        missing ??= error;
      }
    }
    throw missing;
  }

  #collect(item: Buffer, objects: StoredObject[]): void {
    const projected = projectObject(this.#options.scope.resource, parseJson(item), this.#options.keep);
    if (projected.kind === 'object') {
      objects.push(projected.object);
      this.#listed.add(keyOf(projected.object));
    } else if (projected.kind === 'malformed') {
      this.#faults.push(projected.fault);
      if (projected.fault.key !== undefined) this.#listed.add(projected.fault.key);
    }
  }

  async #watch(action: WatchAction, signal: AbortSignal): Promise<void> {
    const { clock, sink } = this.#options;
    const answer = await this.#open(action, signal);
    const openedAt = clock.monotonic();
    let { silenceMs } = action;
    answer.allowSilence(silenceMs);
    this.#take({ kind: 'opened' });
    const lines = new LineCutter(LARGEST_OBJECT_OCTETS);
    for await (const chunk of answer.body) {
      if (signal.aborted) return;
      // What comes together is passed on together: a burst of events is one change of each name that it concerns.
      sink.together(() => this.#takeEvents(lines.push(chunk)));
      // The server has gone back in time: what else it has to say is of no use.
      if (this.#state.action.kind !== 'watch') return;
      const now = this.#state.action.silenceMs;
      if (now !== silenceMs) answer.allowSilence((silenceMs = now));
    }
    if (!signal.aborted) this.#take({ kind: 'ended', livedMs: clock.monotonic() - openedAt });
  }

  #takeEvents(lines: Iterable<Buffer>): void {
    const { scope, sink } = this.#options;
    const news: EventNews = new Map();
    try {
      for (const line of lines) {
        this.#takeEvent(line, news);
        if (this.#state.action.kind !== 'watch') return;
      }
    } finally {
      // Also where an event is broken: those before it count as known.
      const objects = [...news.values()].filter((object) => object !== undefined);
      const gone = [...news].flatMap(([key, object]) => (object === undefined ? key : []));
      if (objects.length > 0) sink.upserted(scope.resource, objects);
      if (gone.length > 0) sink.deleted(scope.resource, gone);
    }
  }

  #takeEvent(line: Buffer, news: EventNews): void {
    const { type, object } = parseEvent(line);
    if (type === 'ERROR') {
      const status = isFields(object) && typeof object['code'] === 'number' ? object['code'] : 500;
      throw apiErrorOf(status, object);
    }
    const metadata = isFields(object) && isFields(object['metadata']) ? object['metadata'] : {};
    const { resourceVersion } = metadata;
    const effects = this.#step({
      kind: 'event',
      resourceVersion: typeof resourceVersion === 'string' && resourceVersion !== '' ? resourceVersion : undefined,
      bookmark: type === 'BOOKMARK',
      at: this.#options.clock.monotonic(),
    });
    this.#perform(effects);
    if (!effects.some(({ kind }) => kind === 'deliver')) return;
    if (type === 'DELETED') {
      const key = readKey(this.#options.scope.resource, object);
      if (key === undefined) return;
      news.set(key, undefined);
      this.#mend(key);
    } else if (type === 'ADDED' || type === 'MODIFIED') this.#project(object, news);
  }

  #project(raw: unknown, news: EventNews): void {
    const { scope, keep } = this.#options;
    const projected = projectObject(scope.resource, raw, keep);
    switch (projected.kind) {
      case 'object':
        news.set(keyOf(projected.object), projected.object);
        this.#mend(keyOf(projected.object));
        break;
      case 'nothing':
        news.set(projected.key, undefined);
        this.#mend(projected.key);
        break;
      case 'malformed':
        this.#reportFault(projected.fault);
        break;
      default:
        projected satisfies never;
    }
  }

  #reportFault(fault: ObjectFault): void {
    const { scope, sink, logger } = this.#options;
    logger.debug('an object is malformed; its last good content stays in force', { scope: nameScope(scope), ...fault });
    if (fault.key === undefined) {
      sink.reported({ kind: 'nameless', resource: scope.resource }, [problemOf(fault)]);
      return;
    }
    this.#malformed.add(fault.key);
    sink.reported({ kind: 'object', resource: scope.resource, key: fault.key }, [problemOf(fault)]);
  }

  #mend(key: ObjectKey | undefined): void {
    if (key === undefined || !this.#malformed.delete(key)) return;
    const { scope, sink } = this.#options;
    sink.reported({ kind: 'object', resource: scope.resource, key }, []);
  }

  #commit(): void {
    const { scope, sink } = this.#options;
    this.#isKnown = true;
    const listed = this.#listed;
    const faults = this.#faults;
    this.#discard();
    sink.listed(scope, listed);
    const still = new Set(faults.map(({ key }) => key));
    for (const key of this.#malformed) if (!still.has(key)) this.#mend(key);
    sink.reported({ kind: 'nameless', resource: scope.resource }, []);
    for (const fault of faults) this.#reportFault(fault);
  }

  #discard(): void {
    this.#listed = new Set();
    this.#faults = [];
  }

  #take(input: ReflectorInput): void {
    this.#perform(this.#step(input));
  }

  #step(input: ReflectorInput): readonly ReflectorEffect[] {
    const { state, effects } = step(this.#state, input, this.#options.random);
    this.#state = state;
    return effects;
  }

  #perform(effects: readonly ReflectorEffect[]): void {
    const { scope, sink, renew } = this.#options;
    for (const effect of effects) {
      if (effect.kind === 'commit') this.#commit();
      else if (effect.kind === 'discard') this.#discard();
      else if (effect.kind === 'renew') renew();
      else if (effect.kind === 'tell') sink.state(scope, effect.state, effect.failure);
    }
  }

  /** What failed; an error that no request throws is a defect of this program, and must not end the watch either. */
  #understand(error: unknown): ApiError {
    const { scope, logger } = this.#options;
    if (error instanceof ApiError) {
      if (error.code === 'API_NOT_FOUND') return notFound(scope, error);
      logger.debug('a request to the API server failed', { scope: nameScope(scope), code: error.code, error: error.message });
      return error;
    }
    logger.error('watching failed by a defect of this program', { scope: nameScope(scope), error });
    return new ApiError('API_BAD_RESPONSE', 'a defect of this program, see its log', { cause: error });
  }
}

/** The API's own words for a missing CRD are `404 page not found`. */
function notFound({ resource: { id, apiVersion } }: Scope, cause: ApiError): ApiError {
  if (!cause.message.includes('404')) return cause;
  const reason = apiVersion.includes('/') ? '; is its CustomResourceDefinition installed?' : '';
  return new ApiError('API_NOT_FOUND', `the API has no ${id} (${apiVersion})${reason}`, { cause });
}

/** What a list says of itself. */
function readEnvelope(list: unknown): { readonly resourceVersion: string; readonly continueToken: string | undefined } {
  const metadata = isFields(list) && isFields(list['metadata']) ? list['metadata'] : {};
  const { resourceVersion, continue: continueToken } = metadata;
  if (!isFields(list) || !('items' in list) || typeof resourceVersion !== 'string' || resourceVersion === '') {
    throw new ApiError('API_BAD_RESPONSE', 'the API server answered something that is not a list with a resource version');
  }
  return {
    resourceVersion,
    continueToken: typeof continueToken === 'string' && continueToken !== '' ? continueToken : undefined,
  };
}

function parseEvent(line: Buffer): { readonly type: unknown; readonly object: unknown } {
  const event = parseJson(line);
  if (!isFields(event)) throw new ApiError('API_BAD_RESPONSE', 'the API server sent an event that is not an object');
  return { type: event['type'], object: event['object'] };
}

function parseJson(octets: Buffer): unknown {
  try {
    return JSON.parse(objectText(octets)) as unknown;
  } catch (error) {
    throw new ApiError('API_BAD_RESPONSE', 'the API server sent something that is not JSON', { cause: error });
  }
}
