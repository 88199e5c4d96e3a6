import { keyOf, type ObjectKey, type Resource, type StoredObject } from '../resources/resource.ts';
import { OBSERVED_GENERATION } from '../status/observed-generation.ts';
import { StatusWriter, type StatusWriterOptions } from '../status/status-writer.ts';
import type { Term } from '../leader-election/leader-election.ts';

/** An object whose editions are counted. */
export interface EditedObject extends StoredObject {
  /** `metadata.generation`; 0 where it is not known. */
  readonly generation: number;
}

export interface ObservedObjectsOptions extends Omit<StatusWriterOptions<number, number>, 'part' | 'resource' | 'wanted'> {
  readonly resource: Resource<EditedObject>;
  /** All that there are now. */
  readonly objects: () => Iterable<EditedObject>;
  /** Lets other events be handled. */
  readonly pause: () => Promise<void>;
}

/** How many objects are looked at in one go. */
const IN_ONE_GO = 256;

/** Keeps `status.observedGeneration` of the objects of a resource: the edition that their names were made of last. */
export class ObservedObjects {
  readonly #options: ObservedObjectsOptions;
  readonly #writer: StatusWriter<number, number>;
  /** By key, the edition that was seen last, and in which look; and when its object came to be: one that is made again under its name begins with the first edition again. */
  readonly #seen = new Map<ObjectKey, { readonly generation: number; readonly createdAt: number; look: number }>();
  #looks = 0;

  constructor(options: ObservedObjectsOptions) {
    this.#options = options;
    this.#writer = new StatusWriter({
      ...options,
      part: OBSERVED_GENERATION,
      wanted: (key) => this.#seen.get(key)?.generation,
    });
  }

  /** Takes note of the editions that there are. */
  async look(): Promise<void> {
    const { objects, pause } = this.#options;
    const look = ++this.#looks;
    let looked = 0;
    for (const object of objects()) {
      if (++looked % IN_ONE_GO === 0) await pause();
      const { deleting, generation, createdAt } = object;
      if (deleting || generation === 0) continue;
      const key = keyOf(object);
      const seen = this.#seen.get(key);
      if (seen?.generation === generation && seen.createdAt === createdAt) {
        seen.look = look;
        continue;
      }
      if (seen !== undefined && seen.createdAt !== createdAt) this.#writer.forget(key);
      this.#seen.set(key, { generation, createdAt, look });
      this.#writer.touch(key);
    }
    for (const [key, seen] of this.#seen) {
      if (seen.look === look) continue;
      this.#seen.delete(key);
      this.#writer.forget(key);
    }
  }

  /** Forgets everything: another process may have written since. */
  clear(): void {
    this.#seen.clear();
    this.#writer.clear();
  }

  /** Writes until the term is over. Never rejects. */
  run(term: Term): Promise<void> {
    return this.#writer.run(term);
  }
}
