/** Watches that no name is ever absent that is asked for the whole time. */
import type { ChaosZone } from './chaos-zones.ts';

/** A name that was not there though it was asked for. */
export interface Absence {
  readonly name: string;
  readonly at: string;
  /** What has become of the name until then, with the times. */
  readonly history: readonly string[];
}

/** How a zone stands. */
export interface ZoneView {
  /** Data that are not markers of ours, by owner name. */
  readonly data: ReadonlyMap<string, readonly string[]>;
  /** Names that have a marker of ours. */
  readonly marked: ReadonlySet<string>;
  readonly lines: readonly string[];
}

const OURS = 'owner=chaos';
/** So many events of a name are kept. */
const HISTORY_LENGTH = 12;

/** Reads a listing. */
export function viewOf(lines: readonly string[]): ZoneView {
  const data = new Map<string, string[]>();
  const marked = new Set<string>();
  for (const line of lines) {
    const owner = line.slice(0, line.indexOf(' '));
    if (line.includes(OURS)) marked.add(owner.replace(/^_owner\./, ''));
    else if (data.has(owner)) data.get(owner)?.push(line);
    else data.set(owner, [line]);
  }
  return { data, marked, lines };
}

/** Names that are asked for, and whether their zone has had them since. */
export class Presence {
  readonly #wanted: (name: string) => readonly string[];
  readonly #asked = new Map<string, { isPublished: boolean }>();
  readonly #histories = new Map<string, string[]>();
  /** Lines that others have put there. */
  readonly foreign = new Set<string>();
  readonly absences: Absence[] = [];
  /** How often a zone was looked at. */
  looks = 0;

  /**
   * @param wanted the lines that a name shall hold now. It is published when it holds them: what is there before may be left from an object that is gone, and go with
   *   it, since nobody hears of one object's end and another's beginning at the same time.
   */
  constructor(wanted: (name: string) => readonly string[]) {
    this.#wanted = wanted;
  }

  /** An object asks for it from now on; or again, after somebody has taken it away. */
  asked(name: string): void {
    this.#asked.set(name, { isPublished: false });
    this.#note(name, 'asked for');
  }

  /** It may go. */
  unasked(name: string): void {
    this.#asked.delete(name);
    this.#note(name, 'not asked for');
  }

  isPublished(name: string): boolean {
    return this.#asked.get(name)?.isPublished === true;
  }

  async look(zone: Pick<ChaosZone, 'apex' | 'dump'>): Promise<ZoneView> {
    const view = viewOf(await zone.dump());
    this.looks++;
    for (const [name, state] of this.#asked) {
      if (!name.endsWith(`.${zone.apex}`)) continue;
      const lines = view.data.get(name)?.filter((line) => !this.foreign.has(line)) ?? [];
      if (!state.isPublished) {
        const wanted = this.#wanted(name);
        state.isPublished = wanted.length > 0 && wanted.every((line) => lines.includes(line));
        if (state.isPublished) this.#note(name, `published: ${lines.join(', ')}`);
      } else if (lines.length === 0) {
        state.isPublished = false;
        this.#note(name, 'absent');
        const history = [...(this.#histories.get(name) ?? [])];
        this.absences.push({ name, at: new Date().toISOString(), history });
      }
    }
    return view;
  }

  #note(name: string, what: string): void {
    const history = this.#histories.get(name) ?? [];
    history.push(`${new Date().toISOString()} ${what}`);
    this.#histories.set(name, history.slice(-HISTORY_LENGTH));
  }
}
