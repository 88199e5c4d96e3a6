import type { Health } from '@kubezone/app';
import type { SourceStatus } from '@kubezone/controller';

/** What health depends on. */
export interface HealthInputs {
  /** Whether every address of the configuration is listened on. */
  readonly listening: boolean;
  /** Whether the process has been told to end. */
  readonly draining: boolean;
  /** Whether every source has been listed once, or has been absent or failing for a minute: see the pipeline's `Readiness`. */
  readonly ready: boolean;
  /** To say why it is not. */
  readonly sources: readonly Pick<SourceStatus, 'cluster' | 'source' | 'state' | 'listed' | 'failure'>[];
}

/** Whether the process should go on running: where not, a restart may help. Nothing that happens in a cluster makes it false. */
export function checkLiveness({ listening, draining }: HealthInputs): Health {
  return listening || draining ? { ok: true, reasons: [] } : { ok: false, reasons: ['not listening'] };
}

/**
 * Whether queries should be sent here.
 *
 * A source that has been listed once never takes readiness back: while its cluster is away, the last known state is served, and all replicas would
 * lose readiness at the same time.
 */
export function checkReadiness({ listening, draining, ready, sources }: HealthInputs): Health {
  const reasons: string[] = [];
  if (draining) reasons.push('shutting down');
  else if (!listening) reasons.push('not listening');
  if (!ready) {
    reasons.push(...sources.filter(({ listed }) => !listed).map(printSource));
    if (reasons.length === 0) reasons.push('starting');
    return { ok: false, reasons };
  }
  // Whoever reads this should know that the names of a cluster may be old.
  const notes = sources.filter(({ state }) => state !== 'synced').map(printSource);
  return { ok: reasons.length === 0, reasons, ...(notes.length === 0 ? {} : { notes }) };
}

function printSource({ cluster, source, state, listed, failure }: HealthInputs['sources'][number]): string {
  const reason = failure === undefined ? '' : `: ${failure.message} [${failure.code}]`;
  const served = listed && state !== 'synced' ? '; what was last known is served' : '';
  return `source ${source} of cluster ${cluster} is ${state}${reason}${served}`;
}
