import type { Finalizers, Publisher } from '@kubezone/controller';

/** More than a person reads, and less than what fills the memory. */
const MAX_LISTED = 1000;

/** What is not as objects ask for it, and what waits for a confirmation, for `/debug/conflicts`. */
export function listWithheld(
  publisher: Pick<Publisher, 'complaints' | 'status'>,
  finalizers: readonly Pick<Finalizers, 'complaints'>[],
): { withheld: object[]; held: object[] } {
  const withheld: object[] = [];
  for (const source of [publisher, ...finalizers]) {
    for (const { code, cluster, object, message, since } of source.complaints()) {
      if (withheld.length >= MAX_LISTED) break;
      withheld.push({ code, object: `${cluster}: ${object}`, message, since: new Date(since).toISOString() });
    }
  }
  const held = publisher.status().flatMap(({ provider, zones }) =>
    zones.flatMap(({ zone, held: waiting }) =>
      waiting.map(({ action, sha256, since, operations }) => ({
        provider,
        zone,
        action,
        sha256,
        since: new Date(since).toISOString(),
        count: operations.length,
        operations: operations.slice(0, MAX_LISTED),
      })),
    ),
  );
  return { withheld, held };
}
