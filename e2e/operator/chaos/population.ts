/** The objects of the chaos test: they come, change and go, and what they ask for is known at every moment. */
import type { ControlPlane } from '../../../tools/control-plane/control-plane.ts';
import { eventually } from '../../support/eventually.ts';
import type { Chance } from './chance.ts';
import type { ChaosZone } from './chaos-zones.ts';
import type { Presence } from './presence.ts';
import { chooseContent, linesOfWish, manifestOf, PATHS, type Wish, type WishKind } from './wishes.ts';

/** How long a request to the API server may have to be repeated. It is stopped for 20 seconds, and started again. */
const REQUEST_MS = 90_000;
const NAMES_PER_ZONE = 100;
/** Between these the number of names that are asked for is kept. */
const FEWEST = 230;
const MOST = 320;

const KINDS: readonly WishKind[] = ['Service', 'Ingress', 'Record', 'DNSEndpoint'];

/** How often what was done. */
export type Counts = Record<string, number>;

/** Whether data of others may stand beside: others never become a CNAME. */
export const isPlain = (name: string): boolean => !/^n\d*[05]\./.test(name);

/** All objects. */
export class Population {
  readonly #cluster: ControlPlane;
  readonly #presence: Presence;
  readonly #free: string[];
  readonly wishes = new Map<string, Wish>();
  /** Names that others have just changed: their objects stay as they are until that is mended. */
  readonly disturbed = new Set<string>();
  readonly counts: Counts = {};
  #next = 0;

  constructor(cluster: ControlPlane, zones: readonly ChaosZone[], presence: Presence) {
    this.#cluster = cluster;
    this.#presence = presence;
    this.#free = zones.flatMap(({ apex }) => Array.from({ length: NAMES_PER_ZONE }, (_, index) => `n${index}.${apex}`));
  }

  get namesAsked(): number {
    return [...this.wishes.values()].reduce((sum, { names }) => sum + names.length, 0);
  }

  /** What a name shall hold by now. */
  linesOf(name: string): readonly string[] {
    const wish = [...this.wishes.values()].find(({ names }) => names.includes(name));
    return wish === undefined ? [] : linesOfWish(name, wish.content);
  }

  /** Does something to some object. */
  async step(chance: Chance): Promise<void> {
    const asked = this.namesAsked;
    const act = chance.weighted([
      [asked < FEWEST ? 12 : asked > MOST ? 0 : 4, () => this.create(chance)],
      [asked < FEWEST ? 0 : asked > MOST ? 12 : 3, () => this.#remove(chance)],
      [6, () => this.#change(chance)],
      [2, () => this.#rename(chance)],
      [2, () => this.#handOver(chance)],
      [1, () => this.#empty(chance)],
    ]);
    await act();
  }

  /** A new object, for names that nobody asks for. */
  async create(chance: Chance): Promise<void> {
    const kind = chance.pick(KINDS) ?? 'Service';
    const plain = kind === 'Service' || chance.happens(0.6);
    const names = this.#take(kind === 'Record' ? 1 : chance.between(1, 4), plain, chance);
    if (names.length === 0) return;
    await this.#add(this.#wish(kind, names, chooseContent(kind, plain, chance)), 'created');
  }

  /** A Service that asks for a name that is not of the pool. */
  async createFor(name: string, chance: Chance): Promise<Wish> {
    const wish = this.#wish('Service', [name], chooseContent('Service', true, chance));
    wish.blocked = true;
    await this.#add(wish, 'created');
    return wish;
  }

  /** What has lost its addresses gets them back. */
  async settle(): Promise<void> {
    for (const wish of this.wishes.values()) {
      if (!wish.emptied) continue;
      wish.emptied = false;
      await this.#put(wish);
    }
  }

  #wish(kind: WishKind, names: readonly string[], content: Wish['content']): Wish {
    return { id: `${kind.toLowerCase()}-${this.#next++}`, kind, names, content, emptied: false, busy: false, blocked: false };
  }

  #take(count: number, plain: boolean, chance: Chance): string[] {
    const names: string[] = [];
    for (let tries = 0; tries < 50 && names.length < count; tries++) {
      const at = chance.below(this.#free.length);
      const name = this.#free[at];
      if (name === undefined || isPlain(name) !== plain) continue;
      this.#free.splice(at, 1);
      names.push(name);
    }
    return names;
  }

  /** One that nothing is done to, and whose names nobody else has changed. */
  #idle(chance: Chance, fits: (wish: Wish) => boolean = () => true): Wish | undefined {
    return chance.pick(
      [...this.wishes.values()].filter(
        (wish) => !wish.busy && !wish.blocked && !wish.names.some((name) => this.disturbed.has(name)) && fits(wish),
      ),
    );
  }

  async #add(wish: Wish, count: string): Promise<void> {
    this.wishes.set(wish.id, wish);
    await this.#alone(wish, async () => {
      await this.#put(wish);
      if (!wish.blocked) for (const name of wish.names) this.#presence.asked(name);
    });
    this.#count(`${wish.kind} ${count}`);
  }

  async #remove(chance: Chance): Promise<void> {
    const wish = this.#idle(chance);
    if (wish === undefined) return;
    for (const name of wish.names) this.#presence.unasked(name);
    await this.#delete(wish);
    this.#free.push(...wish.names);
    this.#count(`${wish.kind} deleted`);
  }

  async #change(chance: Chance): Promise<void> {
    const wish = this.#idle(chance);
    if (wish === undefined) return;
    await this.#alone(wish, async () => {
      wish.content = chooseContent(wish.kind, wish.names.every(isPlain), chance);
      wish.emptied = false;
      await this.#put(wish);
    });
    this.#count(`${wish.kind} changed`);
  }

  /** One of its names becomes another; the rest stays. */
  async #rename(chance: Chance): Promise<void> {
    const wish = this.#idle(chance);
    const gone = wish === undefined ? undefined : chance.pick(wish.names);
    if (wish === undefined || gone === undefined) return;
    const [come] = this.#take(1, isPlain(gone), chance);
    if (come === undefined) return;
    this.#presence.unasked(gone);
    await this.#alone(wish, async () => {
      wish.names = wish.names.map((name) => (name === gone ? come : name));
      await this.#put(wish);
    });
    this.#presence.asked(come);
    this.#free.push(gone);
    this.#count(`${wish.kind} renamed`);
  }

  /** Another object of the same kind asks for the same; then the first one goes. The names are asked for all the time. */
  async #handOver(chance: Chance): Promise<void> {
    const wish = this.#idle(chance, ({ kind, emptied }) => (kind === 'Service' || kind === 'Ingress') && !emptied);
    if (wish === undefined) return;
    const heir = this.#wish(wish.kind, wish.names, wish.content);
    wish.busy = true;
    heir.busy = true;
    this.wishes.set(heir.id, heir);
    await this.#put(heir);
    await this.#delete(wish);
    heir.busy = false;
    this.#count(`${wish.kind} handed over`);
  }

  async #empty(chance: Chance): Promise<void> {
    const wish = this.#idle(chance, ({ kind }) => kind === 'Service' || kind === 'Ingress');
    if (wish === undefined) return;
    await this.#alone(wish, async () => {
      wish.emptied = true;
      await this.#put(wish);
    });
    this.#count(`${wish.kind} emptied`);
  }

  async #alone(wish: Wish, act: () => Promise<void>): Promise<void> {
    wish.busy = true;
    await act();
    wish.busy = false;
  }

  async #put(wish: Wish): Promise<void> {
    const path = `${PATHS[wish.kind]}/${wish.id}`;
    const { manifest, status } = manifestOf(wish);
    await this.#send('PATCH', `${path}?fieldManager=chaos&force=true`, JSON.stringify(manifest), 'application/apply-patch+yaml');
    if (status !== undefined) await this.#send('PATCH', `${path}/status`, { status });
  }

  async #delete(wish: Wish): Promise<void> {
    wish.busy = true;
    await this.#send('DELETE', `${PATHS[wish.kind]}/${wish.id}`);
    this.wishes.delete(wish.id);
  }

  /** Until it is done: a server that is killed may have done it, and says nothing. */
  async #send(method: string, path: string, body?: unknown, contentType?: string): Promise<void> {
    await eventually(
      `${method} ${path}`,
      async () => {
        const { status, body: answer } = await this.#cluster.request(method, path, body, contentType);
        if (status < 300 || (method === 'DELETE' && status === 404)) return true;
        throw new Error(`${status} ${JSON.stringify(answer).slice(0, 300)}`);
      },
      { withinMs: REQUEST_MS, everyMs: 500 },
    );
  }

  #count(what: string): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1;
  }
}
