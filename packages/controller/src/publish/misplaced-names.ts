import type { Clock, Logger, Origin, OwnerName, Provider } from '@kubezone/core';

import type { PublishCode } from './publish-code.ts';
import type { PublishRoute } from './route.ts';
import type { Router } from './router.ts';
import { shapeDemand } from './shape-state.ts';

/** A name that leads to a provider, and is not published there as somebody asks for it, whatever the zones hold. */
export interface MisplacedName {
  readonly owner: OwnerName;
  readonly code: PublishCode & ('NO_PROVIDER_ZONE' | 'OTHER_ENTRY');
  /** For a person; it does not repeat the name. */
  readonly message: string;
  /** Who asks for it in vain. */
  readonly origins: readonly Origin[];
  /** In milliseconds since the Unix epoch. */
  readonly since: number;
}

export interface MisplacedNamesOptions {
  readonly provider: Provider;
  readonly router: Router;
  /** All that lead to the provider. */
  readonly routes: readonly PublishRoute[];
  readonly clock: Pick<Clock, 'now'>;
  readonly logger: Logger;
}

/** How many are told in the log, one by one. */
const MAX_TOLD = 20;

/** Remembers which names of one provider are misplaced: those without a zone, and those that an entry publishes otherwise than the one before it would. */
export class MisplacedNames {
  readonly #options: MisplacedNamesOptions;
  readonly #names = new Map<OwnerName, { readonly code: MisplacedName['code']; readonly since: number }>();
  #told = 0;

  constructor(options: MisplacedNamesOptions) {
    this.#options = options;
  }

  /** Whether some have no zone. */
  get hasHomeless(): boolean {
    return Array.from(this.#names.values()).some(({ code }) => code === 'NO_PROVIDER_ZONE');
  }

  *[Symbol.iterator](): Generator<MisplacedName, void, undefined> {
    const { provider } = this.#options;
    for (const [owner, { code, since }] of this.#names) {
      const [first, ...others] = this.#routesOf(owner);
      const isHomeless = code === 'NO_PROVIDER_ZONE';
      const origins = (isHomeless ? [first] : others).flatMap((route) => route?.feed.catalog.demand(owner)?.holders.flat() ?? []);
      yield { owner, code, message: messageOf(code, provider), origins: [...new Set(origins)], since };
    }
  }

  /** Looks at a name that leads here, or no more. */
  look(owner: OwnerName, { isRouted, hasZone }: { readonly isRouted: boolean; readonly hasZone: boolean }): void {
    const code = !isRouted ? undefined : !hasZone ? 'NO_PROVIDER_ZONE' : this.#isOtherwise(owner) ? 'OTHER_ENTRY' : undefined;
    if (code === this.#names.get(owner)?.code) return;
    if (code === undefined) {
      this.#names.delete(owner);
      return;
    }
    this.#names.set(owner, { code, since: this.#options.clock.now() });
    this.#tell(owner, code);
  }

  clear(): void {
    this.#names.clear();
    this.#told = 0;
  }

  /** Whether another entry would publish it otherwise. What two would publish alike is there as both want it. */
  #isOtherwise(owner: OwnerName): boolean {
    if (this.#options.routes.length < 2) return false;
    const [first, ...others] = this.#routesOf(owner);
    if (first === undefined || others.length === 0) return false;
    const wanted = contentOf(owner, first);
    return others.some((route) => contentOf(owner, route) !== wanted);
  }

  #routesOf(owner: OwnerName): PublishRoute[] {
    const { router, provider } = this.#options;
    return router.routesOf(owner).filter((route) => route.provider === provider);
  }

  #tell(owner: OwnerName, code: MisplacedName['code']): void {
    const { provider, logger } = this.#options;
    const fields = { provider: provider.name, name: owner, code, reason: messageOf(code, provider) };
    logger[this.#told < MAX_TOLD ? 'warn' : 'debug']('a name is not published as it is asked for', fields);
    if (++this.#told === MAX_TOLD)
      logger.warn('more names like this are told in plans and at /debug/conflicts alone', { provider: provider.name });
  }
}

function messageOf(code: MisplacedName['code'], { name }: Provider): string {
  return code === 'NO_PROVIDER_ZONE'
    ? `the provider ${name} has no zone for it`
    : `several entries of providers publish it at ${name}, in one zone and not alike; the first of them does: part them by selector, sources or excludeNames`;
}

/** What an entry would have the zone hold, to be compared. */
function contentOf(owner: OwnerName, route: PublishRoute): string {
  const demand = route.feed.catalog.demand(owner);
  return demand === undefined ? '' : JSON.stringify(shapeDemand(owner, demand, route).state);
}
