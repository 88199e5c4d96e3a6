import type { Origin, SourceKind } from './name-change.ts';

/**
 * Makes the function that says how important an origin is; 0 is the most important, and origins of one rank are merged.
 *
 * The order of sources comes first, and that of clusters within each kind: what belongs to no cluster (a zone file) has its place among the sources.
 *
 * @param order kinds of source, the most important first; `zone` precedes them all
 * @param clusterOrder clusters, the most important first; undefined where they are all equal
 * @returns a function that throws a RangeError for what stands in no order
 * @throws {RangeError} where an order names something twice
 */
export function rankOrigins(
  order: readonly SourceKind[],
  clusterOrder: readonly string[] | undefined,
): (origin: Origin) => number {
  const kinds = numbered('source', ['zone', ...order.filter((kind) => kind !== 'zone')]);
  const clusters = clusterOrder === undefined ? undefined : numbered('cluster', clusterOrder);
  const rows = Math.max(1, clusters?.size ?? 1);
  return ({ source, cluster }) => {
    const kind = kinds.get(source);
    if (kind === undefined) throw new RangeError(`source ${source} is not in the catalog's order`);
    const row = clusters === undefined || cluster === '' ? 0 : clusters.get(cluster);
    if (row === undefined) throw new RangeError(`cluster ${cluster} is not in the catalog's order`);
    return kind * rows + row;
  };
}

function numbered(what: string, names: readonly string[]): ReadonlyMap<string, number> {
  const numbers = new Map(names.map((name, number) => [name, number]));
  if (numbers.size !== names.length) throw new RangeError(`a ${what} stands twice in the order ${names.join(', ')}`);
  return numbers;
}
