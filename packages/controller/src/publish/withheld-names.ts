import type { OwnerName, Withheld } from '@kubezone/core';

/** What is not done at a name. */
export interface WithheldName {
  readonly withheld: readonly Withheld[];
  /** Since when, in milliseconds since the Unix epoch. */
  readonly since: number;
}

/** What is not done in a zone for one reason. */
export interface WithheldGroup {
  /** One of it, for what is the same of all. */
  readonly example: Withheld;
  /** How many RRsets. */
  readonly count: number;
  /** Since when there is any, in milliseconds since the Unix epoch. */
  readonly since: number;
}

/** What is not done in a zone: by name, and counted by reason. */
export class WithheldNames {
  readonly #byName = new Map<OwnerName, WithheldName>();
  readonly #groups = new Map<string, { readonly example: Withheld; readonly since: number; count: number }>();

  get byName(): ReadonlyMap<OwnerName, WithheldName> {
    return this.#byName;
  }

  /** By `groupOf`. */
  get groups(): ReadonlyMap<string, WithheldGroup> {
    return this.#groups;
  }

  /** Replaces what is not done at a name. As long as it is not done for the same reasons, it is not done since the same time. */
  note(owner: OwnerName, withheld: readonly Withheld[], now: number): void {
    const known = this.#byName.get(owner);
    const isSame =
      known?.withheld.length === withheld.length && withheld.every(({ code }, at) => code === known.withheld[at]?.code);
    for (const one of withheld) {
      const group = this.#groups.get(groupOf(one));
      if (group === undefined) this.#groups.set(groupOf(one), { example: one, count: 1, since: now });
      else group.count++;
    }
    this.forget(owner);
    if (withheld.length > 0) this.#byName.set(owner, { withheld, since: isSame ? known.since : now });
  }

  forget(owner: OwnerName): void {
    const known = this.#byName.get(owner);
    if (known === undefined) return;
    this.#byName.delete(owner);
    for (const one of known.withheld) {
      const group = this.#groups.get(groupOf(one));
      if (group === undefined) continue;
      if (--group.count === 0) this.#groups.delete(groupOf(one));
    }
  }
}

/** What has one reason: the code, and of what waits for a source, which one. */
export function groupOf({ code, source }: Withheld): string {
  return source === undefined ? code : `${code} ${source.source} ${source.cluster}`;
}
