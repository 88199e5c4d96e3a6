import type { Health } from '@kubezone/app';
import type { ProviderStatus, SourceStatus } from '@kubezone/controller';

/** What health depends on. */
export interface HealthInputs {
  /** Whether it has started, and is not told to end. */
  readonly running: boolean;
  /** Whether every source has been listed once, or has been absent or failing for a minute. */
  readonly ready: boolean;
  readonly sources: readonly Pick<SourceStatus, 'cluster' | 'source' | 'state' | 'listed' | 'failure'>[];
  readonly providers: readonly ProviderStatus[];
  /** Why the configuration that is followed is not in force; undefined where it is. */
  readonly reload: string | undefined;
}

/** Whether the process should go on. Nothing that happens in a cluster or at a provider makes it false: a restart would not help. */
export function checkLiveness(): Health {
  return { ok: true, reasons: [] };
}

/**
 * Whether the process does, or could do, its work: a candidate that waits for the Lease is as ready as who holds it. Providers that fail do not make it false, since a
 * new version must be able to replace one that fails.
 */
export function checkReadiness({ running, ready, sources, providers, reload }: HealthInputs): Health {
  const reasons: string[] = [];
  if (!running) reasons.push('shutting down');
  if (!ready) {
    reasons.push(...sources.filter(({ listed }) => !listed).map(printSource));
    if (reasons.length === 0) reasons.push('starting');
    return { ok: false, reasons };
  }
  const notes = [
    ...sources.filter(({ state }) => state !== 'synced').map(printSource),
    ...providers.flatMap(printProvider),
    ...(reload === undefined ? [] : [`the configuration has changed, and the one before stays in force: ${reload}`]),
  ];
  return { ok: reasons.length === 0, reasons, ...(notes.length === 0 ? {} : { notes }) };
}

function printSource({ cluster, source, state, listed, failure }: HealthInputs['sources'][number]): string {
  const reason = failure === undefined ? '' : `: ${failure.message} [${failure.code}]`;
  const kept = listed && state !== 'synced' ? '; nothing of it is deleted' : '';
  return `source ${source} of cluster ${cluster} is ${state}${reason}${kept}`;
}

function printProvider({ provider, failure, zones }: ProviderStatus): string[] {
  const whole = failure === undefined ? [] : [`provider ${provider}: ${failure.message} [${failure.code}]`];
  const failing = zones.flatMap((zone) =>
    zone.failure === undefined ? [] : [`zone ${zone.zone} at ${provider}: ${zone.failure.message} [${zone.failure.code}]`],
  );
  const held = zones.flatMap(({ zone, held: waiting }) =>
    waiting.map(
      ({ action, operations, sha256 }) =>
        `zone ${zone} at ${provider}: ${operations.length} ${action}s wait for: kubezone-operator confirm ${sha256}`,
    ),
  );
  return [...whole, ...failing, ...held];
}
