import type { Unserved, UnservedCode } from '@kubezone/app';
import { type Catalog, type Clock, type Logger, type NameChange, type NameServer, type OwnerName, TYPE } from '@kubezone/core';

/** What the watch needs. */
export interface NameServerWatchOptions {
  readonly catalog: Pick<Catalog, 'origins' | 'state'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly logger: Logger;
}

/** A name server without addresses. */
interface Missing {
  readonly service: string;
  readonly since: number;
}

const CODE: UnservedCode = 'NAME_SERVER_WITHOUT_ADDRESS';

/**
 * Name servers of our zones that have the addresses of Services, and whether they have any: one without makes a zone that nobody can ask. Told when that begins and when it ends, once all
 * names are known.
 */
export class NameServerWatch {
  readonly #options: NameServerWatchOptions;
  /** `namespace/name` of the Service, by name server; of the last one, where zones that share a name server do not agree. */
  readonly #services = new Map<OwnerName, string>();
  readonly #missing = new Map<OwnerName, Missing>();
  #isBegun = false;

  constructor(options: NameServerWatchOptions) {
    this.#options = options;
  }

  /** @param servers those without a Service are not watched */
  add(servers: readonly NameServer[]): void {
    for (const { name, service } of servers) if (service !== undefined) this.#services.set(name, service);
  }

  /** From now on a name server without addresses is missed. */
  begin(): void {
    this.#isBegun = true;
    for (const [name, service] of this.#services) this.#look(name, service);
  }

  /** Takes over changes of names. */
  take(changes: readonly NameChange[]): void {
    if (!this.#isBegun || this.#services.size === 0) return;
    for (const { owner } of changes) {
      const service = this.#services.get(owner);
      if (service !== undefined) this.#look(owner, service);
    }
  }

  *[Symbol.iterator](): Generator<Unserved, void, undefined> {
    for (const [owner, { service, since }] of this.#missing) {
      const message = `found no address of the Service ${service}, expected one at least: ${owner} is a name server of a zone`;
      yield { code: CODE, owner, origins: this.#options.catalog.origins(owner), message, since };
    }
  }

  #look(name: OwnerName, service: string): void {
    const { catalog, clock, logger } = this.#options;
    const { rrsets, aliases = [] } = catalog.state(name);
    const isMissing = aliases.length === 0 && !rrsets.some(({ type }) => type === TYPE.A || type === TYPE.AAAA);
    if (isMissing === this.#missing.has(name)) return;
    if (isMissing) {
      this.#missing.set(name, { service, since: clock.now() });
      logger.warn('a name server has no address', { code: CODE, name, service });
    } else {
      this.#missing.delete(name);
      logger.info('a name server has an address now', { name, service });
    }
  }
}
