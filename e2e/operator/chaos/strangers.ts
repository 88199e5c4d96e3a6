/** Others who write to the zones: records of their own that come and go, and edits of ours behind the operator's back. */
import type { Chance } from './chance.ts';
import type { ChaosZone } from './chaos-zones.ts';
import { isPlain, type Population } from './population.ts';
import { type Presence, viewOf } from './presence.ts';
import type { Wish } from './wishes.ts';

/** Addresses that only others write. */
const EDITED = '203.0.113.';
const FOREIGN = '198.51.100.';
const OWN_NAMES = 30;
const CONTESTED_NAMES = 8;

/** What others do in one zone. */
export class Strangers {
  readonly #zone: ChaosZone;
  readonly #population: Population;
  readonly #presence: Presence;
  /** Objects that ask for names of which others have data. */
  #over = false;
  readonly #contested = new Map<string, { readonly line: string; wish: Wish | undefined }>();

  constructor(zone: ChaosZone, population: Population, presence: Presence) {
    this.#zone = zone;
    this.#population = population;
    this.#presence = presence;
  }

  async step(chance: Chance): Promise<void> {
    await chance.weighted([
      [3, () => this.#ownRecord(chance)],
      [3, () => this.#besideOurs(chance)],
      [2, () => this.#contest(chance)],
      [3, () => this.#edit(chance)],
    ])();
  }

  /** A name of theirs comes or goes. */
  async #ownRecord(chance: Chance): Promise<void> {
    const name = `f${chance.below(OWN_NAMES)}.${this.#zone.apex}`;
    await this.#toggle(`${name} 300 A ${FOREIGN}1`, 'foreign names');
  }

  /** Texts beside a name of ours come or go. */
  async #besideOurs(chance: Chance): Promise<void> {
    const name = `n${chance.below(100)}.${this.#zone.apex}`;
    if (isPlain(name)) await this.#toggle(`${name} 60 TXT "theirs"`, 'foreign texts beside');
  }

  async #toggle(line: string, what: string): Promise<void> {
    if (this.#presence.foreign.has(line)) {
      await this.#zone.edit([line], []);
      this.#presence.foreign.delete(line);
    } else {
      // First, so that it is never taken for ours.
      this.#presence.foreign.add(line);
      await this.#zone.edit([], [line]);
    }
    this.#count(what);
  }

  /** They have a name first; then an object asks for it, which gets it once they are gone. */
  async #contest(chance: Chance): Promise<void> {
    const name = `c${chance.below(CONTESTED_NAMES)}.${this.#zone.apex}`;
    const contested = this.#contested.get(name);
    if (contested === undefined) {
      const line = `${name} 300 A ${FOREIGN}2`;
      this.#contested.set(name, { line, wish: undefined });
      this.#presence.foreign.add(line);
      await this.#zone.edit([], [line]);
    } else if (contested.wish === undefined) {
      const wish = await this.#population.createFor(name, chance);
      contested.wish = wish;
    } else if (contested.wish.blocked) {
      await this.#zone.edit([contested.line], []);
      this.#presence.foreign.delete(contested.line);
      contested.wish.blocked = false;
      this.#presence.asked(name);
    }
    this.#count('steps of contests');
  }

  /** Changes what is ours: an address, one more, or the data, or the data with their marker gone. */
  async #edit(chance: Chance): Promise<void> {
    const { apex } = this.#zone;
    const lines = await this.#zone.dump();
    const view = viewOf(lines);
    const name = chance.pick(
      [...view.marked].filter(
        (one) => one.endsWith(`.${apex}`) && this.#presence.isPublished(one) && !this.#population.disturbed.has(one),
      ),
    );
    const wish = [...this.#population.wishes.values()].find(({ names }) => name !== undefined && names.includes(name));
    if (name === undefined || wish === undefined || wish.busy) return;
    const data = (view.data.get(name) ?? []).filter((line) => !this.#presence.foreign.has(line));
    if (data.length === 0 || !data.every((line) => / A \d/.test(line))) return;
    const [first = ''] = data;
    const another = `${first.slice(0, first.lastIndexOf(' '))} ${EDITED}${chance.between(1, 254)}`;
    const markers = lines.filter((line) => line.startsWith(`_owner.${name} `));
    this.#population.disturbed.add(name);
    // It may be away until it is published again.
    this.#presence.unasked(name);
    const [gone, come] = chance.weighted<readonly [readonly string[], readonly string[]]>([
      [3, [data, [another]]],
      [2, [[], [another]]],
      [2, [data, []]],
      [1, [[...data, ...markers], []]],
    ]);
    await this.#zone.edit(gone, come);
    this.#count('edits behind our back');
    this.#awaitMending(name);
  }

  /** Watches for the end of an edit's traces. */
  #awaitMending(name: string): void {
    const watch = async (): Promise<void> => {
      const view = viewOf(await this.#zone.dump());
      const ours = (view.data.get(name) ?? []).filter((line) => !this.#presence.foreign.has(line));
      if (ours.length === 0 || ours.some((line) => line.includes(EDITED)) || !view.marked.has(name)) {
        if (!this.#over) setTimeout(() => void watch().catch(() => undefined), 1000);
        return;
      }
      this.#population.disturbed.delete(name);
      this.#presence.asked(name);
    };
    setTimeout(() => void watch().catch(() => undefined), 1000);
  }

  end(): void {
    this.#over = true;
  }

  #count(what: string): void {
    const { counts } = this.#population;
    counts[what] = (counts[what] ?? 0) + 1;
  }
}
