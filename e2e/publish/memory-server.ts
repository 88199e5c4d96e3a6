import type { NameWrite, ObservedRRset, OwnerName, ProviderZone } from '@kubezone/core';
import { MemoryProvider } from '@kubezone/providers';
import { linesOf } from '@kubezone/providers/testing';

import { type Gate, Hooks } from './http-gate.ts';
import { APEXES, byRRset, recordOf, zoneOf, type ZoneServer } from './zone-server.ts';

/** The provider `memory`: its calls stand for requests. */
export async function memoryServer(): Promise<ZoneServer> {
  const provider = new WatchedMemory();
  const held = async (): Promise<readonly ObservedRRset[]> =>
    (await Promise.all(APEXES.map((apex) => provider.all(apex)))).flat();
  const write = async (...writes: readonly NameWrite[]): Promise<void> => {
    for (const one of writes) await provider.write(one);
  };
  const create = async (lines: readonly string[]): Promise<void> => {
    for (const some of byRRset(lines).values()) {
      const records = some.map(recordOf);
      const [first] = records;
      if (first === undefined) continue;
      const { owner, type, ttl } = first;
      const after = { owner, type, ttl, rdatas: records.map(({ rdata }) => rdata) };
      await write({ owner, writes: [{ before: undefined, after }] });
    }
  };
  const remove = (rrsets: readonly ObservedRRset[]): Promise<void> =>
    write(...rrsets.map((before) => ({ owner: before.owner, writes: [{ before, after: undefined }] })));
  return {
    kind: 'memory',
    connect: () => provider,
    gate: provider.gate,
    writes: /^apply/,
    async seed(lines) {
      await remove(await held());
      await create(lines);
    },
    async replace(name, type, lines) {
      await remove(
        (await held()).filter((rrset) =>
          linesOf([rrset]).some((line) => line.startsWith(`${name} `) && line.split(' ')[2] === type),
        ),
      );
      await create(lines);
    },
    dump: async () => linesOf(await held()),
    close: () => Promise.resolve(),
  };
}

class WatchedMemory extends MemoryProvider {
  readonly gate: Gate;
  readonly #requests: string[] = [];
  readonly #hooks = new Hooks();

  constructor() {
    super({ zones: APEXES });
    this.gate = {
      requests: this.#requests,
      forget: () => void (this.#requests.length = 0),
      before: (pattern, run) => this.#hooks.add(pattern, run),
      close: () => Promise.resolve(),
    };
  }

  override async *list(...args: Parameters<MemoryProvider['list']>): ReturnType<MemoryProvider['list']> {
    await this.#pass('list');
    yield* super.list(...args);
  }

  override async read(...args: Parameters<MemoryProvider['read']>): ReturnType<MemoryProvider['read']> {
    await this.#pass('read');
    return super.read(...args);
  }

  override async apply(...args: Parameters<MemoryProvider['apply']>): ReturnType<MemoryProvider['apply']> {
    await this.#pass('apply');
    return super.apply(...args);
  }

  /** Everything in a zone, unnoticed. */
  async all(apex: OwnerName): Promise<ObservedRRset[]> {
    const rrsets: ObservedRRset[] = [];
    for await (const page of super.list(zoneAt(apex))) rrsets.push(...page);
    return rrsets;
  }

  /** One write, unnoticed. */
  async write(write: NameWrite): Promise<void> {
    const [result] = await super.apply(zoneAt(zoneOf(write.owner)), [write]);
    if (result?.kind !== 'applied') throw new Error(JSON.stringify(result));
  }

  async #pass(line: string): Promise<void> {
    this.#requests.push(line);
    await this.#hooks.run(line);
  }
}

function zoneAt(apex: OwnerName): ProviderZone {
  return { apex, id: apex };
}
