import { Turns } from '@kubezone/core';

import type { ApiWriter } from './api-writer.ts';

/** By writer, the turns at each path. */
const turnsOf = new WeakMap<object, Turns<string>>();

/**
 * Has the parts of this process that write to one object do so one after the other. To the API server each of them is somebody else: what one of them writes on condition of
 * what it has read fails whenever another writes in between, and that may happen every time.
 *
 * @param writer of the cluster in which the object is
 * @param path the object's
 * @returns what the work returns; rejects as it does
 */
export function inTurn<T>(writer: Pick<ApiWriter, 'send'>, path: string, work: () => Promise<T>): Promise<T> {
  const turns = turnsOf.get(writer) ?? new Turns<string>();
  turnsOf.set(writer, turns);
  return turns.take(path, work);
}
