/**
 * The items of the shortest of some sequences, the first of several of one length. Takes from all of them by turns until one ends, so that it costs their
 * number times its length, however long the others are.
 *
 * @param sequences at least one
 */
export function shortestOf<T>(sequences: readonly Iterable<T>[]): readonly T[] {
  const [only] = sequences;
  if (only !== undefined && sequences.length === 1) return [...only];
  const racing = sequences.map((sequence) => ({ iterator: sequence[Symbol.iterator](), taken: [] as T[] }));
  for (;;) {
    for (const { iterator, taken } of racing) {
      const next = iterator.next();
      if (next.done === true) return taken;
      taken.push(next.value);
    }
    if (racing.length === 0) throw new RangeError('there is no sequence');
  }
}
