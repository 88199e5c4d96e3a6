import type { Clock, HeldChanges, LimitedAction, Logger, OwnerName, ProviderZone, WithheldCode } from '@kubezone/core';

import type { PublishCode } from './publish-code.ts';
import { groupOf } from './withheld-names.ts';
import type { ZonePlanner } from './zone-planner.ts';

/** How soon the log tells again of what goes on changing, in milliseconds. */
const AGAIN_MS = 10_000;
/** How many names stand for all of them. */
const SHOWN_NAMES = 3;

export interface ZoneNoticesOptions {
  readonly provider: string;
  readonly zone: Pick<ProviderZone, 'apex'>;
  readonly planner: Pick<ZonePlanner, 'held' | 'owned' | 'unselected' | 'withheld' | 'withheldGroups'>;
  readonly release: ReleaseText;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly logger: Logger;
}

/** Says in a sentence how held changes of a zone are let go. */
export type ReleaseText = (zone: OwnerName, sha256: string) => string;

/** How a person hears of held changes. */
export const HELD_CODES: Readonly<Record<LimitedAction, PublishCode>> = { delete: 'DELETES_HELD', update: 'UPDATES_HELD' };
const SETTINGS = { delete: 'safety.maxDeletes', update: 'safety.maxUpdates' } as const;
const MESSAGES = {
  delete: 'too much of a zone would be deleted: the deletes wait until they are confirmed',
  update: 'too much of a zone would be updated: the updates wait until they are confirmed',
} as const;

/** What is withheld because somebody wants it so. */
const WANTED: ReadonlySet<WithheldCode> = new Set(['RETAINED', 'POLICY', 'ADOPTABLE_NOT_DESIRED']);
/** What follows from something else that is told. */
const TOLD_OTHERWISE: ReadonlySet<WithheldCode> = new Set(['DELETE_LIMIT', 'UPDATE_LIMIT', 'REPLACEMENT_WITHHELD']);

/** Brings to the log what a zone holds back: once when it begins, when it becomes something else, and when it is over. Never again and again. */
export class ZoneNotices {
  readonly #options: ZoneNoticesOptions;
  readonly #held = new Map<LimitedAction, { readonly sha256: string; readonly at: number }>();
  /** By group: how many RRsets there were when the log told of it. */
  readonly #groups = new Map<string, { readonly count: number; readonly at: number; readonly code: WithheldCode }>();

  #unselected = 0;

  constructor(options: ZoneNoticesOptions) {
    this.#options = options;
  }

  /** Tells of changes that are held. Returns after how many milliseconds there is more to tell; `Infinity` if there is not. */
  tellHeld(): number {
    const { planner, logger, release, clock, provider, zone } = this.#options;
    const now = clock.monotonic();
    let again = Infinity;
    for (const action of this.#held.keys()) {
      if (planner.held.some((one) => one.action === action)) continue;
      this.#held.delete(action);
      logger.info(`no ${action}s wait for a confirmation any more`, { ...this.#place(), code: HELD_CODES[action] });
    }
    for (const held of planner.held) {
      const told = this.#held.get(held.action);
      if (told?.sha256 === held.sha256) continue;
      // What is deleted one by one is one thing.
      const waitMs = told === undefined ? 0 : told.at + AGAIN_MS - now;
      again = Math.min(again, waitMs > 0 ? waitMs : Infinity);
      if (waitMs > 0) continue;
      this.#held.set(held.action, { sha256: held.sha256, at: now });
      logger.warn(MESSAGES[held.action], {
        ...this.#place(),
        code: HELD_CODES[held.action],
        [`${held.action}s`]: held.operations.length,
        owned: planner.owned,
        sha256: held.sha256,
        todo: heldText(held, { provider, zone: zone.apex, owned: planner.owned, release }),
      });
    }
    return again;
  }

  /** Tells of what is withheld: to be called when nothing is left to do, since much is withheld for a moment. Returns as `tellHeld` does. */
  tellWithheld(): number {
    const { planner, logger, clock } = this.#options;
    const now = clock.monotonic();
    let again = Infinity;
    for (const [key, { code }] of this.#groups) {
      if (planner.withheldGroups.has(key)) continue;
      this.#groups.delete(key);
      logger.info('nothing is withheld for this reason any more', { ...this.#place(), code });
    }
    for (const [key, { example, count }] of planner.withheldGroups) {
      const { code, message } = example;
      const told = this.#groups.get(key);
      if (TOLD_OTHERWISE.has(code) || (told !== undefined && count < 2 * told.count)) continue;
      const waitMs = told === undefined ? 0 : told.at + AGAIN_MS - now;
      again = Math.min(again, waitMs > 0 ? waitMs : Infinity);
      if (waitMs > 0) continue;
      this.#groups.set(key, { count, at: now, code });
      const fields = { ...this.#place(), code, rrsets: count, names: this.#namesOf(key), reason: message };
      if (WANTED.has(code)) logger.info('something is left as it is', fields);
      else logger.warn('something is left as it is', fields);
    }
    return again;
  }

  /** Tells of names of ours that are no entry's any more: to be called when every name was planned. */
  tellUnselected(): void {
    const { planner, logger } = this.#options;
    const { size } = planner.unselected;
    if (size > 0 && size !== this.#unselected)
      logger.info('names that have our marker are left alone, since no entry of providers selects them', {
        ...this.#place(),
        count: size,
        names: [...planner.unselected].slice(0, SHOWN_NAMES),
      });
    this.#unselected = size;
  }

  #namesOf(group: string): OwnerName[] {
    const names: OwnerName[] = [];
    for (const [owner, { withheld }] of this.#options.planner.withheld) {
      if (withheld.some((one) => groupOf(one) === group)) names.push(owner);
      if (names.length === SHOWN_NAMES) break;
    }
    return names;
  }

  #place(): { readonly provider: string; readonly zone: OwnerName } {
    return { provider: this.#options.provider, zone: this.#options.zone.apex };
  }
}

/** Says what is held in a zone, and what to do. */
export function heldText(
  { action, operations, owners, sha256 }: HeldChanges,
  {
    provider,
    zone,
    owned,
    release,
  }: { readonly provider: string; readonly zone: OwnerName; readonly owned: number; readonly release: ReleaseText },
): string {
  const names = owners.slice(0, SHOWN_NAMES).join(', ');
  const more = owners.length > SHOWN_NAMES ? ` and ${owners.length - SHOWN_NAMES} more names` : '';
  const other = action === 'delete' ? 'bring back what asked for them' : 'give the objects what they had';
  return `${operations.length} of ${owned} RRsets of ${zone} at ${provider} would be ${action}d, which is more than ${SETTINGS[action]} allows: ${names}${more}. If this is a mistake, ${other}; if not, ${release(zone, sha256)}`;
}
