import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { passTime } from '../../reporting/testing/pass-time.ts';
import { RECORDS, type RecordObject } from '../../resources/record.ts';
import { keyOf, type ObjectKey, type StoredObject } from '../../resources/resource.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { RecordingLogger } from '../../testing/recording-logger.ts';
import type { ClusterSink, SyncState } from '../cluster.ts';
import type { OpenAnswer } from './api-client.ts';
import { ApiError, apiErrorOf } from './api-error.ts';
import { Reflector } from './reflector.ts';
import { BOOKMARKED_SILENCE_MS, SILENCE_GRACE_MS, WATCH_TIMEOUT_SECONDS } from './reflector-step.ts';

const BOOKMARK_MS = 60_000;
/** Objects of a page, whatever is asked for. */
const PAGE = 2;
/** By then a watch that will never say anything is given up, and the longest pause after failures is over. */
const CALM_MS = WATCH_TIMEOUT_SECONDS * 1_250 + SILENCE_GRACE_MS + BOOKMARKED_SILENCE_MS + 60_000;
/** Two lists and two watches at once, and what is asked for between the first pauses after failures. */
const MOST_A_SECOND = 40;

/** What happens to a request: no connection; an answer of the server; an answer that breaks off, is empty or no JSON, or never comes; of a watch, that history is missing after its first event. */
type Fate = 'well' | 'refused' | 'cut' | 'empty' | 'garbage' | 'silent' | 'expires' | 401 | 403 | 404 | 410 | 429 | 500;
const fates = fc.array(
  fc.record({
    fate: fc.constantFrom<Fate>('well', 'refused', 'cut', 'empty', 'garbage', 'silent', 'expires', 401, 403, 404, 410, 429, 500),
    times: fc.constantFrom(1, 1, 2, 5, 60),
  }),
  { maxLength: 6 },
);
/** What happens in the cluster. `restored`: the server is put back to an earlier state. */
const event = fc.record({
  kind: fc.constantFrom('put', 'put', 'delete', 'compacted', 'closed', 'restored'),
  name: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
  afterMs: fc.constantFrom(0, 100, 1_500, 30_000, 400_000),
});
type ServerEvent = { readonly type: string; readonly version: number; readonly name: string };

/** One collection of an API server. */
class Server {
  readonly asked: number[] = [];
  readonly #clock: FakeClock;
  readonly #fates: Fate[];
  #objects = new Map<string, number>();
  /** What was listed: later pages are of the same version. */
  readonly #snapshots = new Map<number, readonly (readonly [string, number])[]>();
  #history: ServerEvent[] = [];
  #version = 100;
  #compacted = 0;
  /** Has watches look what is new. */
  readonly #watches = new Set<() => void>();
  #closing = 0;

  constructor(clock: FakeClock, fatesLeft: readonly Fate[]) {
    this.#clock = clock;
    this.#fates = [...fatesLeft];
    for (const name of ['a', 'b', 'c']) this.#change('ADDED', name);
  }

  get isLeftAlone(): boolean {
    return this.#fates.length === 0;
  }

  /** `name version`, sorted. */
  get contents(): string[] {
    return [...this.#objects].map(([name, version]) => `${name} ${version}`).toSorted();
  }

  happen(kind: string, name: string): void {
    if (kind === 'put') this.#change(this.#objects.has(name) ? 'MODIFIED' : 'ADDED', name);
    else if (kind === 'delete' && this.#objects.has(name)) this.#change('DELETED', name);
    else if (kind === 'compacted') this.#compacted = this.#version;
    else if (kind === 'closed') this.#closing++;
    else if (kind === 'restored' && this.#version > 100) {
      this.#closing++;
      // Once, and it does not come to versions that it had before: then nobody could tell one from the other.
      [this.#version, this.#compacted, this.#history] = [50, 0, []];
      this.#objects = new Map([['a', 40]]);
    }
    for (const look of this.#watches) look();
  }

  readonly open = async (path: string, signal: AbortSignal): Promise<OpenAnswer> => {
    this.asked.push(this.#clock.monotonic());
    const fate = this.#fates.shift() ?? 'well';
    await Promise.resolve();
    signal.throwIfAborted();
    if (fate === 'refused') throw new ApiError('API_UNREACHABLE', 'refused');
    if (typeof fate === 'number') throw apiErrorOf(fate, {}, fate === 429 ? '20' : undefined);
    const query = new URLSearchParams(path.slice(path.indexOf('?')));
    let silenceMs = 60_000;
    const body =
      query.get('watch') === 'true' ? this.#watch(query, fate, () => silenceMs, signal) : this.#list(query, fate, signal);
    return { server: 'here', body, allowSilence: (ms) => void (silenceMs = ms), close: () => undefined };
  };

  async *#list(query: URLSearchParams, fate: Fate, signal: AbortSignal): AsyncGenerator<Buffer> {
    if (fate === 'silent') await this.#silence(60_000, signal);
    if (fate === 'empty') {
      yield Buffer.from('{}');
      return;
    }
    const [version = this.#version, from = 0] = (query.get('continue') ?? '').split(':').filter(Boolean).map(Number);
    if (version < this.#compacted || version > this.#version) throw apiErrorOf(410, {});
    const all = this.#snapshots.get(version) ?? [...this.#objects].toSorted(([one], [other]) => (one < other ? -1 : 1));
    this.#snapshots.set(version, all);
    const token = query.has('limit') && from + PAGE < all.length ? { continue: `${version}:${from + PAGE}` } : {};
    const items = all.slice(from, query.has('limit') ? from + PAGE : undefined).map(([name, at]) => objectOf(name, at));
    const text = JSON.stringify({ kind: 'RecordList', metadata: { resourceVersion: String(version), ...token }, items });
    yield Buffer.from(fate === 'cut' || fate === 'garbage' ? text.slice(0, text.length / 2) : text);
    if (fate === 'cut') throw new ApiError('API_UNREACHABLE', 'reset');
  }

  async *#watch(query: URLSearchParams, fate: Fate, silenceMs: () => number, signal: AbortSignal): AsyncGenerator<Buffer> {
    if (fate === 'silent') await this.#silence(silenceMs(), signal);
    if (fate === 'empty') return;
    const [closing, endsAt] = [this.#closing, this.#clock.monotonic() + 1_000 * Number(query.get('timeoutSeconds'))];
    let version = Number(query.get('resourceVersion'));
    let bookmarkAt = this.#clock.monotonic() + BOOKMARK_MS;
    if (version < this.#compacted) {
      yield line('ERROR', { code: 410 });
      return;
    }
    if (fate === 'expires') this.#change('MODIFIED', 'a');
    while (this.#clock.monotonic() < endsAt && closing === this.#closing) {
      const isBookmark = this.#clock.monotonic() >= bookmarkAt && this.#version >= version;
      const news = this.#history.filter((one) => one.version > version);
      for (const one of news) yield line(one.type, objectOf(one.name, (version = one.version)));
      if (isBookmark) yield line('BOOKMARK', { metadata: { resourceVersion: String((version = this.#version)) } });
      if (isBookmark) bookmarkAt += BOOKMARK_MS;
      if (fate === 'expires') yield line('ERROR', { code: 410 });
      if (fate === 'cut' || fate === 'garbage') yield Buffer.from('{"type":');
      if (fate === 'cut') throw new ApiError('API_UNREACHABLE', 'reset');
      if (fate === 'garbage') {
        yield Buffer.from('\n');
        return;
      }
      await this.#until(Math.min(endsAt, bookmarkAt), signal);
    }
  }

  async #silence(ms: number, signal: AbortSignal): Promise<never> {
    await this.#until(this.#clock.monotonic() + ms, signal, false);
    throw new ApiError('API_SILENT', 'nothing has come');
  }

  async #until(at: number, signal: AbortSignal, isWoken = true): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.#clock.after(Math.max(1, at - this.#clock.monotonic()), resolve);
    if (isWoken) this.#watches.add(resolve);
    signal.addEventListener('abort', () => resolve());
    await promise;
    cancel();
    this.#watches.delete(resolve);
    signal.throwIfAborted();
  }

  #change(type: string, name: string): void {
    this.#version++;
    this.#history.push({ type, name, version: this.#version });
    if (type === 'DELETED') this.#objects.delete(name);
    else this.#objects.set(name, this.#version);
    for (const look of this.#watches) look();
  }
}

function objectOf(name: string, version: number): object {
  const metadata = { name, namespace: 'team', resourceVersion: String(version) };
  return { apiVersion: RECORDS.apiVersion, kind: 'Record', metadata, spec: { fqdn: 'x', ttl: version } };
}

function line(type: string, object: object): Buffer {
  return Buffer.from(`${JSON.stringify({ type, object })}\n`);
}

/** What the pipeline knows. */
class Sink implements ClusterSink {
  readonly known = new Map<ObjectKey, RecordObject>();
  said: SyncState = 'syncing';

  get contents(): string[] {
    return [...this.known.values()].map(({ name, ttl }) => `${name} ${ttl}`).toSorted();
  }

  upserted(_resource: unknown, objects: readonly StoredObject[]): void {
    for (const object of objects) this.known.set(keyOf(object), object as RecordObject);
  }

  deleted(_resource: unknown, keys: readonly ObjectKey[]): void {
    for (const key of keys) this.known.delete(key);
  }

  listed(_scope: unknown, keys: ReadonlySet<ObjectKey>): void {
    for (const key of this.known.keys()) if (!keys.has(key)) this.known.delete(key);
  }

  state(_scope: unknown, state: SyncState): void {
    this.said = state;
  }

  together(report: () => void): void {
    report();
  }

  reported(): void {}
  failed(): void {}
}

/** Most requests that there were within a second. */
function mostAtOnce(asked: readonly number[]): number {
  return Math.max(0, ...asked.map((at, index) => asked.slice(index).findLastIndex((other) => other < at + 1_000) + 1));
}

describe('a reflector, whatever happens to its requests', () => {
  it('knows what the server has some time after all goes well again, and never runs in circles', async () => {
    const property = fc.asyncProperty(fates, fc.array(event, { maxLength: 10 }), async (parts, events) => {
      const clock = new FakeClock();
      const server = new Server(
        clock,
        parts.flatMap(({ fate, times }) => Array.from({ length: times }, () => fate)),
      );
      const sink = new Sink();
      const reflector = new Reflector({
        scope: { resource: RECORDS },
        keep: { annotations: new Set(), annotationPrefixes: [], labels: new Set() },
        client: server,
        isGone: () => Promise.resolve(false),
        renew: () => undefined,
        sink,
        clock,
        random: () => 0.5,
        logger: new RecordingLogger(),
      });
      const abort = new AbortController();
      const running = reflector.run(abort.signal);
      for (const { kind, name, afterMs } of events) {
        await passTime(clock, afterMs, Math.max(100, afterMs / 10));
        server.happen(kind, name);
      }
      for (let waits = 0; waits < 1_000 && !server.isLeftAlone; waits++) await passTime(clock, CALM_MS, CALM_MS / 20);
      await passTime(clock, CALM_MS, CALM_MS / 20);
      expect([sink.said, ...sink.contents]).toEqual(['synced', ...server.contents]);
      expect(mostAtOnce(server.asked)).toBeLessThanOrEqual(MOST_A_SECOND);
      const sent = server.asked.length;
      await passTime(clock, CALM_MS, CALM_MS / 10);
      // One watch after the other.
      expect(server.asked.length - sent).toBeLessThanOrEqual(1 + CALM_MS / (WATCH_TIMEOUT_SECONDS * 1_000));
      abort.abort();
      await running;
    });
    await fc.assert(property, { numRuns: 250 });
  });
});
