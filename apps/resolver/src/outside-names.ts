import type { Unserved } from '@kubezone/app';
import type { ProblemCode } from '@kubezone/controller';
import type { Clock, Logger, NameChange, Origin, OwnerName } from '@kubezone/core';

/** How many names are logged one by one; further ones are only counted. */
const LOGGED = 100;

const CODE: ProblemCode = 'NAME_OUTSIDE_ZONES';

/** Names that were asked for although no zone that is served holds them. Sources do not: they know the zones. */
export class OutsideNames {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #logger: Logger;
  readonly #names = new Map<OwnerName, { readonly origins: readonly Origin[]; readonly since: number }>();
  #logged = 0;

  constructor({ clock, logger }: { readonly clock: Pick<Clock, 'now'>; readonly logger: Logger }) {
    this.#clock = clock;
    this.#logger = logger;
  }

  /** Takes over changes of names of which no zone takes any. */
  take(changes: readonly NameChange[]): void {
    for (const { owner, after, origins } of changes) {
      const known = this.#names.get(owner);
      if (!after.exists) {
        this.#names.delete(owner);
        continue;
      }
      this.#names.set(owner, { origins, since: known?.since ?? this.#clock.now() });
      if (known === undefined) this.#log(owner, origins);
    }
  }

  *[Symbol.iterator](): Generator<Unserved, void, undefined> {
    const message = 'the name lies outside all zones that are served here';
    for (const [owner, { origins, since }] of this.#names) yield { code: CODE, owner, origins, message, since };
  }

  #log(owner: OwnerName, origins: readonly Origin[]): void {
    this.#logged++;
    if (this.#logged <= LOGGED) {
      this.#logger.warn('a name lies outside all zones', {
        code: CODE,
        name: owner,
        objects: origins.map(({ object }) => object),
      });
    }
    if (this.#logged === LOGGED) this.#logger.warn('further names outside all zones are only counted', { logged: LOGGED });
  }
}
