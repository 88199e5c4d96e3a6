import { counter, gauge } from '@kubezone/app/metrics';
import type { AliasStatistics } from '@kubezone/core';
import type { Registry } from 'prom-client';

/** Registers what is known of host names whose addresses are served. */
export function registerAliases(registry: Registry, statistics: () => AliasStatistics): void {
  gauge(registry, 'kubezone_aliases', 'Names that have the addresses of host names.', [], (set) => {
    set({}, statistics().aliases);
  });
  gauge(
    registry,
    'kubezone_alias_targets',
    'Host names elsewhere whose addresses are served: all, and those that are unanswered, failing, failing with old addresses served (stale), or missing.',
    ['state'],
    (set) => {
      const { targets, unanswered, failing, stale, missing } = statistics();
      for (const [state, count] of Object.entries({ all: targets, unanswered, failing, stale, missing })) set({ state }, count);
    },
  );
  counter(
    registry,
    'kubezone_alias_questions_total',
    'Questions for the addresses of host names, by what became of them.',
    ['result'],
    (set) => {
      for (const [result, count] of Object.entries(statistics().questions)) set({ result }, count);
    },
  );
}
