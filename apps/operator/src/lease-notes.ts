import {
  type ApiAnswer,
  type ApiWriter,
  inTurn,
  type KeptHistories,
  leasePath,
  type LeasePlace,
  historiesSince,
  printChangeHistories,
  scanChangeHistories,
} from '@kubezone/controller';
import { type ChangeHistory, type Clock, isFailure, type Logger, type OwnerName, scanUnicodeName } from '@kubezone/core';

/** What was changed lately, for the limits of changes of whoever writes next. */
export const HISTORY_ANNOTATION = 'kubezone.io/change-history';
/** Held changes that somebody lets go: `SHA`, or `ZONE=SHA`, with commas between them. */
export const CONFIRM_ANNOTATION = 'kubezone.io/confirm';

/** How often is looked for confirmations, in milliseconds. */
const LOOK_MS = 5_000;

/** What notes at a Lease need. */
export interface LeaseNotesOptions {
  readonly writer: Pick<ApiWriter, 'send'>;
  readonly place: LeasePlace;
  /** Somebody lets changes go. Returns the zones where exactly these were held. */
  readonly onConfirm: (zone: OwnerName | undefined, sha256: string) => readonly OwnerName[];
  /** Whether all is known that may be held: before, a confirmation that fits nothing may fit yet. */
  readonly isSettled: () => boolean;
  /** For how long changes count, in milliseconds: older ones are not kept. */
  readonly windowMs: number;
  readonly clock: Pick<Clock, 'after' | 'now'>;
  readonly logger: Logger;
}

/** A confirmation. */
export interface Confirmation {
  readonly zone: OwnerName | undefined;
  readonly sha256: string;
}

/** Scans the annotation. What is not well formed is left out. */
export function scanConfirmations(text: string): Confirmation[] {
  return text.split(',').flatMap((part): Confirmation[] => {
    const [, zoneText, sha256] = /^\s*(?:([^=]+)=)?([0-9a-fA-F]{64})\s*$/.exec(part) ?? [];
    if (sha256 === undefined) return [];
    const zone = zoneText === undefined ? undefined : scanUnicodeName(zoneText.trim());
    return zone !== undefined && isFailure(zone) ? [] : [{ zone, sha256: sha256.toLowerCase() }];
  });
}

/** A confirmation as it stands in the annotation. */
export function printConfirmation({ zone, sha256 }: Confirmation): string {
  return zone === undefined ? sha256 : `${zone}=${sha256}`;
}

/** How often a change of confirmations is tried that others keep from coming through: whoever leads renews the Lease every few seconds. */
const CHANGE_TRIES = 10;

/**
 * Changes the confirmations at a Lease by what stands there: none of somebody else is lost, whenever it comes.
 *
 * @param change makes the annotation of what it is; empty where there is none, before and after
 * @returns the status of the answer that counts, 200 where it is done or nothing is to be done
 * @throws {Error} as the writer does
 */
export async function changeConfirmations(
  writer: LeaseNotesOptions['writer'],
  place: LeasePlace,
  change: (text: string) => string,
  signal: AbortSignal,
): Promise<number> {
  const path = leasePath(place);
  for (let tries = 1; ; tries++) {
    const read = await writer.send({ method: 'GET', path }, signal);
    if (read.status !== 200) return read.status;
    const { annotations = {}, resourceVersion } = metadataOf(read);
    const text = annotations[CONFIRM_ANNOTATION] ?? '';
    const changed = change(text);
    if (changed === text) return 200;
    const body = { metadata: { resourceVersion, annotations: { [CONFIRM_ANNOTATION]: changed === '' ? null : changed } } };
    const { status } = await writer.send({ method: 'PATCH', path, body, contentType: 'application/merge-patch+json' }, signal);
    if (status !== 409 || tries === CHANGE_TRIES) return status;
  }
}

interface LeaseMetadata {
  readonly resourceVersion?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

function metadataOf({ body }: ApiAnswer): LeaseMetadata {
  return body['metadata'] ?? {};
}

/** What whoever writes leaves at its Lease for the next one, and what people leave there for it: annotations, which elections do not touch. */
export class LeaseNotes {
  readonly #options: LeaseNotesOptions;
  #kept: KeptHistories = { known: new Map(), otherwise: undefined };
  #cancel: () => void = () => undefined;

  constructor(options: LeaseNotesOptions) {
    this.#options = options;
  }

  get place(): LeasePlace {
    return this.#options.place;
  }

  /** What was kept of a zone's changes, as it was read last. */
  historyOf(key: string): ChangeHistory | undefined {
    return this.#kept.known.get(key) ?? this.#kept.otherwise;
  }

  /** Reads what was kept: until it can be read, or the term is over. */
  async read(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const annotations = await this.#annotations(signal);
      if (annotations !== undefined) {
        this.#kept = scanChangeHistories(annotations[HISTORY_ANNOTATION]);
        return;
      }
      await this.#wait(signal);
    }
  }

  /**
   * Keeps what was changed, and what was kept before of zones of which nothing was heard since: their provider may be away.
   *
   * @throws {Error} where it cannot be kept: then nothing that counts may be changed
   */
  async save(histories: ReadonlyMap<string, ChangeHistory>): Promise<void> {
    const { clock, windowMs } = this.#options;
    const known = historiesSince(new Map([...this.#kept.known, ...histories]), clock.now() - windowMs);
    await this.#patch({ [HISTORY_ANNOTATION]: printChangeHistories(known) }, new AbortController().signal);
    this.#kept = { ...this.#kept, known };
  }

  /** Looks for confirmations until the term is over. Never rejects. */
  async follow(signal: AbortSignal): Promise<void> {
    let waiting = '';
    while (!signal.aborted) {
      const text = (await this.#annotations(signal))?.[CONFIRM_ANNOTATION] ?? '';
      if (text !== '') {
        const left = this.#confirm(text, text === waiting);
        waiting = left === undefined ? text : '';
        if (left !== undefined) await this.#take(text, left, signal);
      }
      await this.#wait(signal);
    }
  }

  /** Hands on what the annotation says; returns what of it is left for a later look. Undefined: it stays as it is. */
  #confirm(text: string, isKnown: boolean): readonly Confirmation[] | undefined {
    const { onConfirm, isSettled, logger } = this.#options;
    const confirmations = scanConfirmations(text);
    if (confirmations.length === 0) logger.warn(`the annotation ${CONFIRM_ANNOTATION} holds no confirmation: expected ZONE=SHA`);
    const left = confirmations.filter(({ zone, sha256 }) => {
      const zones = onConfirm(zone, sha256);
      if (zones.length > 0) logger.info('held changes are confirmed', { zones, sha256 });
      else if (!isSettled()) return true;
      else logger.warn('a confirmation fits nothing that is held: look at the plan again', { zone, sha256 });
      return false;
    });
    if (left.length === 0) return left;
    if (!isKnown) logger.info('a confirmation waits until everything is planned', { confirmations: left.length });
    return left.length === confirmations.length ? undefined : left;
  }

  /** Takes away what was handed on, and nothing that has come since. */
  async #take(text: string, left: readonly Confirmation[], signal: AbortSignal): Promise<void> {
    const { writer, place, logger } = this.#options;
    const known = new Set(scanConfirmations(text).map(printConfirmation));
    const change = (now: string): string => {
      if (now === text) return left.map(printConfirmation).join(',');
      return scanConfirmations(now)
        .map(printConfirmation)
        .filter((one) => !known.has(one) || left.some((other) => printConfirmation(other) === one))
        .join(',');
    };
    try {
      const status = await inTurn(writer, leasePath(place), () => changeConfirmations(writer, place, change, signal));
      if (status !== 200) throw new Error(`the API server answers ${status}`);
    } catch (error) {
      logger.warn('a confirmation cannot be taken from the Lease', {
        reason: error instanceof Error ? error.message : String(error),
      });
    }
  }

  stop(): void {
    this.#cancel();
  }

  async #annotations(signal: AbortSignal): Promise<Readonly<Record<string, string>> | undefined> {
    try {
      const answer = await this.#options.writer.send({ method: 'GET', path: leasePath(this.#options.place) }, signal);
      if (answer.status === 404) return {};
      if (answer.status !== 200) return undefined;
      return metadataOf(answer).annotations ?? {};
    } catch {
      // The election complains of a server that is away.
      return undefined;
    }
  }

  async #patch(annotations: Readonly<Record<string, string | null>>, signal: AbortSignal): Promise<void> {
    const { writer, place } = this.#options;
    const body = { metadata: { annotations } };
    const path = leasePath(place);
    // Not between what the election reads of the Lease and what it writes.
    const answer = await inTurn(writer, path, () =>
      writer.send({ method: 'PATCH', path, body, contentType: 'application/merge-patch+json' }, signal),
    );
    if (answer.status !== 200)
      throw new Error(`the API server answers ${answer.status} to a change of the Lease ${place.namespace}/${place.name}`);
  }

  #wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        cancel();
        signal.removeEventListener('abort', end);
        resolve();
      };
      const cancel = this.#options.clock.after(LOOK_MS, end);
      this.#cancel = end;
      signal.addEventListener('abort', end, { once: true });
      if (signal.aborted) end();
    });
  }
}
