import { isAtOrBelow, type OwnerName, parentOf, type Policy, type Provider } from '@kubezone/core';

import type { NameSelector } from './name-selector.ts';
import type { PublishRoute } from './route.ts';

/** What may be done at a name, by the entries to which it belongs. */
export interface NameRules {
  readonly policy: Policy;
  readonly dryRun: boolean;
}

/** From the most to the least that is allowed. */
const POLICIES: readonly Policy[] = ['sync', 'upsert-only', 'create-only'];

interface Place {
  readonly route: PublishRoute;
  readonly belowOnly: boolean;
}

/**
 * Which entries get a name. Pure: it looks at the entries' catalogs as they are at the time.
 *
 * Within each view a name goes to the most specific selector of an entry that asks for the name and does not exclude it; entries with equally specific selectors
 * all get it. So a name of which the most specific entry's sources know nothing goes to the next.
 */
export class Router {
  readonly #routes: readonly PublishRoute[];
  /** Entries by the names of their selectors. */
  readonly #places: ReadonlyMap<OwnerName, readonly Place[]>;

  constructor(routes: readonly PublishRoute[]) {
    this.#routes = routes;
    const places = new Map<OwnerName, Place[]>();
    for (const route of routes) {
      for (const { name, belowOnly } of route.selectors) {
        const held = places.get(name);
        if (held === undefined) places.set(name, [{ route, belowOnly }]);
        else held.push({ route, belowOnly });
      }
    }
    this.#places = places;
  }

  /** The entries that publish a name, in their order. */
  routesOf(owner: OwnerName): PublishRoute[] {
    return this.#nearest(owner, ({ feed }) => feed.catalog.state(owner).exists);
  }

  /** The entry that publishes a name at a provider: where several do, the first of them. */
  routeAt(owner: OwnerName, provider: Provider): PublishRoute | undefined {
    return this.routesOf(owner).find((route) => route.provider === provider);
  }

  /**
   * Whether a name is a provider's to write at all, and by which rules where nobody asks for it: those of the most specific entries of this provider, the most
   * careful of them. Undefined where it is no entry's: it is left alone, whoever has written it.
   */
  rulesAt(owner: OwnerName, provider: Provider): NameRules | undefined {
    const scope = this.#nearest(owner, (route) => route.provider === provider);
    if (scope.length === 0) return undefined;
    return {
      policy: POLICIES[Math.max(...scope.map(({ policy = 'sync' }) => POLICIES.indexOf(policy)))] ?? 'sync',
      dryRun: scope.some(({ dryRun }) => dryRun === true),
    };
  }

  /** Whether any name of a zone can be a provider's to write: other zones are not even listed. */
  mayHold(apex: OwnerName, provider: Provider): boolean {
    return this.#routes.some(
      (route) =>
        route.provider === provider &&
        route.selectors.some(({ name }) => isAtOrBelow(name, apex) || isAtOrBelow(apex, name)) &&
        !(route.excludeNames ?? []).some((one) => !one.belowOnly && isAtOrBelow(apex, one.name)),
    );
  }

  #nearest(owner: OwnerName, isMeant: (route: PublishRoute) => boolean): PublishRoute[] {
    const found: PublishRoute[] = [];
    for (let at: OwnerName | undefined = owner; at !== undefined; at = parentOf(at)) {
      // Those whose selector is more specific.
      const nearer = found.length;
      for (const { route, belowOnly } of this.#places.get(at) ?? NO_PLACES) {
        if (belowOnly && at === owner) continue;
        const rival = found.findIndex(({ view = '' }) => view === (route.view ?? ''));
        if (rival >= 0 && rival < nearer) continue;
        if (selects(route.excludeNames, owner) || !isMeant(route)) continue;
        if (!found.includes(route)) found.push(route);
      }
    }
    return found.length < 2 ? found : this.#routes.filter((route) => found.includes(route));
  }
}

const NO_PLACES: readonly Place[] = [];

function selects(selectors: readonly NameSelector[] = [], owner: OwnerName): boolean {
  return selectors.some(({ name, belowOnly }) => isAtOrBelow(owner, name) && !(belowOnly && owner === name));
}
