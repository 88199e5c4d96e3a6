import type { ApiWriter } from './api-writer.ts';

const last = new WeakMap<object, Map<string, Promise<void>>>();

/**
 * Has the parts of this process that write to one object do so one after the other. To the API server each of them is somebody else: what one of them writes on condition of
 * what it has read fails whenever another writes in between, and that may happen every time.
 *
 * @param writer of the cluster in which the object is
 * @param path the object's
 * @returns what the work returns; rejects as it does
 */
export function inTurn<T>(writer: Pick<ApiWriter, 'send'>, path: string, work: () => Promise<T>): Promise<T> {
  const turns = last.get(writer) ?? new Map<string, Promise<void>>();
  last.set(writer, turns);
  const done = (turns.get(path) ?? Promise.resolve()).then(work);
  const over = done.then(nothing, nothing);
  turns.set(path, over);
  void over.then(() => turns.get(path) === over && turns.delete(path));
  return done;
}

function nothing(): void {}
