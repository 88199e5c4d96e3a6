import { keyOf, nameObject, type ObjectKey, type Resource, type StoredObject } from '../../resources/resource.ts';
import { ProblemList } from '../../sources/problem-list.ts';
import type { LocalProblem } from '../problem.ts';
import type { ManifestObject } from './parse-document.ts';

/** What a file holds, with the lines of the file. */
export interface ManifestFile {
  readonly objects: readonly ManifestObject[];
  readonly problems: readonly LocalProblem[];
  /** Whether objects may stand in it that could not be read. */
  readonly broken: boolean;
}

/** What a change of a file changes. Additions come before removals: see `ClusterSink.listed`. */
export interface ManifestChanges {
  readonly upserted: readonly { readonly resource: Resource; readonly object: StoredObject }[];
  readonly deleted: readonly { readonly resource: Resource; readonly key: ObjectKey }[];
  /** All problems of each file of which they may have changed. */
  readonly reports: ReadonlyMap<string, readonly LocalProblem[]>;
}

/** Makes one of the changes of several files, so that an object that passes from one to another is not removed in between. */
export function joinChanges(parts: readonly ManifestChanges[]): ManifestChanges {
  const upserted = new Map<string, ManifestChanges['upserted'][number]>();
  const deleted = new Map<string, ManifestChanges['deleted'][number]>();
  for (const part of parts) {
    for (const one of part.upserted) {
      const id = nameObject(one.resource, keyOf(one.object));
      deleted.delete(id);
      upserted.set(id, one);
    }
    for (const one of part.deleted) {
      const id = nameObject(one.resource, one.key);
      upserted.delete(id);
      deleted.set(id, one);
    }
  }
  return {
    upserted: [...upserted.values()],
    deleted: [...deleted.values()],
    reports: new Map(parts.flatMap(({ reports }) => [...reports])),
  };
}

/** An object in one file. */
interface Entry {
  readonly resource: Resource;
  readonly key: ObjectKey;
  readonly object: StoredObject | undefined;
  readonly line: number;
}

/** A file as it counts. */
interface Held {
  /** By id. */
  readonly entries: ReadonlyMap<string, Entry>;
  readonly problems: readonly LocalProblem[];
}

const NOTHING: Held = { entries: new Map(), problems: [] };

/**
 * The objects of a folder of manifests, whichever files they stand in.
 *
 * An object in several files is taken from the first of them in the order of their paths. Of a file that is partly broken, the objects which
 * it held before and now does not show stay: one of them may be what is broken.
 */
export class ManifestSet {
  readonly #files = new Map<string, Held>();
  /** From an object's id to the files that hold it, in the order of their paths. */
  readonly #holders = new Map<string, readonly string[]>();

  /**
   * Replaces the content of a file.
   *
   * @param file its path, as a person would name it
   * @param content undefined where the file is gone
   */
  update(file: string, content: ManifestFile | undefined): ManifestChanges {
    const before = this.#files.get(file) ?? NOTHING;
    const after = content === undefined ? NOTHING : hold(content, before);
    const upserted: { resource: Resource; object: StoredObject }[] = [];
    const deleted: { resource: Resource; key: ObjectKey }[] = [];
    const concerned = new Set([file]);
    const settle = (id: string): void => {
      const old = this.#winner(id, file, before);
      for (const other of this.#holders.get(id) ?? []) concerned.add(other);
      this.#setHolder(id, file, after.entries.has(id));
      const entry = this.#winner(id, file, after);
      // A document that was not edited gives the very same object again.
      if (entry?.object === old?.object) return;
      if (entry?.object !== undefined) upserted.push({ resource: entry.resource, object: entry.object });
      else if (old !== undefined) deleted.push({ resource: old.resource, key: old.key });
    };
    for (const id of after.entries.keys()) settle(id);
    for (const id of before.entries.keys()) if (!after.entries.has(id)) settle(id);
    if (content === undefined) this.#files.delete(file);
    else this.#files.set(file, after);
    return { upserted, deleted, reports: new Map(Array.from(concerned, (one) => [one, this.#problemsOf(one)])) };
  }

  /** Replaces what is wrong with a file as a whole, whose last good content stays in force. */
  reject(file: string, problem: LocalProblem): ManifestChanges {
    const { entries } = this.#files.get(file) ?? NOTHING;
    this.#files.set(file, { entries, problems: [problem] });
    return { upserted: [], deleted: [], reports: new Map([[file, this.#problemsOf(file)]]) };
  }

  /** Whether objects of a file are held. */
  holds(file: string): boolean {
    return (this.#files.get(file)?.entries.size ?? 0) > 0;
  }

  /** The objects of a resource that count. */
  *objects(resource: Resource): Generator<StoredObject> {
    for (const id of this.#holders.keys()) {
      const entry = this.#winner(id);
      if (entry?.resource === resource && entry.object !== undefined) yield entry.object;
    }
  }

  /** @param content of `file`, in place of what is held of it */
  #winner(id: string, file?: string, content?: Held): Entry | undefined {
    const first = this.#holders.get(id)?.[0];
    if (first === undefined) return undefined;
    return (first === file ? content : this.#files.get(first))?.entries.get(id);
  }

  #setHolder(id: string, file: string, holds: boolean): void {
    const before = this.#holders.get(id) ?? [];
    if (before.includes(file) === holds) return;
    const others = before.filter((one) => one !== file);
    const holders = holds ? [...others, file].toSorted() : others;
    if (holders.length > 0) this.#holders.set(id, holders);
    else this.#holders.delete(id);
  }

  #problemsOf(file: string): readonly LocalProblem[] {
    const { entries, problems } = this.#files.get(file) ?? NOTHING;
    const list = new ProblemList();
    for (const problem of problems) list.add({ ...problem, file });
    for (const [id, { line }] of entries) {
      const first = this.#holders.get(id)?.[0];
      if (first === undefined || first === file) continue;
      list.add({
        code: 'MANIFEST_DUPLICATE',
        object: id,
        file,
        line,
        column: 1,
        message: `stands in ${first} too, which comes first and is used`,
      });
    }
    return list.all();
  }
}

function hold({ objects, problems, broken }: ManifestFile, before: Held): Held {
  const entries = new Map<string, Entry>();
  const duplicates: LocalProblem[] = [];
  for (const { resource, key, object, malformed, line } of objects) {
    const id = nameObject(resource, key);
    const first = entries.get(id);
    if (first !== undefined) {
      const message = `stands in line ${first.line} of this file too, which comes first and is used`;
      duplicates.push({ code: 'MANIFEST_DUPLICATE', object: id, line, column: 1, message });
      continue;
    }
    const good = malformed ? before.entries.get(id)?.object : object;
    entries.set(id, { resource, key, object: good, line });
  }
  if (broken) for (const [id, entry] of before.entries) if (!entries.has(id)) entries.set(id, entry);
  return { entries, problems: [...problems, ...duplicates] };
}
