import { type ConfigMistake, printMistake, StartError } from '@kubezone/app';
import type { ApiWriter } from '@kubezone/controller';
import type { Clock, Logger } from '@kubezone/core';

import { printSecretPlace, type SecretPlace } from './config/secret-place.ts';

/** How often is looked whether it has changed, in milliseconds. Reading one object by its name takes no right but `get` on it. */
export const SECRET_LOOK_MS = 10_000;

/** The longest pause until a version that could not be put in force is tried again, in looks: ten minutes. What runs is ended each time. */
const LONGEST_PAUSE_LOOKS = 60;

/** What following a Secret needs. */
export interface SecretFollowerOptions<Config> {
  readonly place: Pick<SecretPlace, 'key' | 'name' | 'namespace'>;
  readonly writer: Pick<ApiWriter, 'send'>;
  /** Checks a version. */
  readonly load: (
    text: string,
  ) =>
    | { readonly kind: 'config'; readonly config: Config }
    | { readonly kind: 'mistakes'; readonly mistakes: readonly ConfigMistake[] };
  /** Puts a version in force. @throws {StartError} where it cannot be; then the version before is in force still. Any other error ends the process */
  readonly use: (config: Config) => Promise<void>;
  readonly clock: Pick<Clock, 'after'>;
  readonly logger: Logger;
}

/** A version as it was found. */
type Found = { readonly text: string } | { readonly problem: string };

/**
 * Keeps the configuration in force that stands in a Secret. A version that is wrong, or gone, is reported, and the version before it stays in force.
 */
export class SecretFollower<Config> {
  readonly #options: SecretFollowerOptions<Config>;
  readonly #stopping = new AbortController();
  readonly #counts = { taken: 0, failed: 0 };
  #text: string | undefined;
  /** The version that could not be put in force: how often it was tried, and after how many looks it is again. */
  #refused: { readonly text: string; readonly tries: number; looksLeft: number } | undefined;
  #problem: string | undefined;
  #cancel: () => void = () => undefined;
  #looking: Promise<void> = Promise.resolve();

  constructor(options: SecretFollowerOptions<Config>) {
    this.#options = options;
  }

  /** Why the newest version is not in force; and how many were put in force since the first, and how many could not be. */
  status(): { readonly problem: string | undefined; readonly counts: Readonly<Record<'failed' | 'taken', number>> } {
    return { problem: this.#problem, counts: { ...this.#counts } };
  }

  /**
   * Puts the present version in force, and follows it.
   *
   * @throws {StartError} where there is none that can be used
   */
  async start(): Promise<void> {
    const found = await this.#read();
    if ('problem' in found) throw new StartError(2, [`${this.#place}: ${found.problem} [UNREADABLE]`]);
    const loaded = this.#options.load(found.text);
    if (loaded.kind === 'mistakes') throw new StartError(2, loaded.mistakes.map(printMistake));
    await this.#options.use(loaded.config);
    this.#text = found.text;
    this.#plan();
  }

  /** Follows no more. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#cancel();
    await this.#looking;
  }

  /** Looks now, and then from time to time. */
  look(): Promise<void> {
    this.#cancel();
    this.#looking = this.#looking.then(() => this.#look());
    return this.#looking;
  }

  get #place(): string {
    return printSecretPlace(this.#options.place);
  }

  #plan(): void {
    if (this.#stopping.signal.aborted) return;
    this.#cancel = this.#options.clock.after(SECRET_LOOK_MS, () => void this.look());
  }

  async #look(): Promise<void> {
    const found = await this.#read();
    if (this.#stopping.signal.aborted) return;
    if ('problem' in found) this.#report([found.problem]);
    else if (found.text === this.#text) this.#problem = this.#refused = undefined;
    else if (this.#refused?.text !== found.text || --this.#refused.looksLeft <= 0) await this.#take(found.text);
    this.#plan();
  }

  async #take(text: string): Promise<void> {
    const { load, use, logger } = this.#options;
    const loaded = load(text);
    if (loaded.kind === 'mistakes') {
      this.#report(loaded.mistakes.map(printMistake));
      return;
    }
    try {
      await use(loaded.config);
    } catch (error) {
      if (!(error instanceof StartError)) throw error;
      this.#report(error.lines);
      const tries = (this.#refused?.text === text ? this.#refused.tries : 0) + 1;
      this.#refused = { text, tries, looksLeft: Math.min(2 ** Math.min(tries, 10), LONGEST_PAUSE_LOOKS) };
      return;
    }
    this.#text = text;
    this.#refused = undefined;
    this.#problem = undefined;
    this.#counts.taken++;
    logger.info('the configuration has changed, and is in force', { secret: this.#place });
  }

  /** The same again is not told again. */
  #report(lines: readonly string[]): void {
    const problem = lines.join('; ');
    if (problem === this.#problem) return;
    this.#problem = problem;
    this.#counts.failed++;
    this.#options.logger.error('the configuration has changed, and the one before stays in force', {
      secret: this.#place,
      mistakes: lines,
    });
  }

  async #read(): Promise<Found> {
    const { writer, place } = this.#options;
    const path = `/api/v1/namespaces/${encodeURIComponent(place.namespace)}/secrets/${encodeURIComponent(place.name)}`;
    try {
      const answer = await writer.send({ method: 'GET', path }, this.#stopping.signal);
      if (answer.status === 404) return { problem: 'there is no such Secret' };
      if (answer.status !== 200)
        return { problem: `the API server answers ${answer.status}; the right to get the Secret is needed` };
      const data = (answer.body['data'] ?? {}) as Readonly<Record<string, unknown>>;
      const value = Object.hasOwn(data, place.key) ? data[place.key] : undefined;
      if (typeof value !== 'string') return { problem: `the Secret has no key ${place.key}` };
      return decode(value);
    } catch (error) {
      return { problem: `it cannot be read: ${error instanceof Error ? error.message : String(error)}` };
    }
  }
}

/** Of what cannot be decoded, nothing is repeated. */
function decode(base64: string): Found {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(base64, 'base64')) };
  } catch {
    return { problem: 'its content is not UTF-8' };
  }
}
