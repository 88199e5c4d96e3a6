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

/** An answer to a probe. */
export interface Health {
  readonly ok: boolean;
  /** One line each, for a person: what is not as it should be. */
  readonly reasons: readonly string[];
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
    for (const { cluster, source, state, listed, failure } of sources) {
      if (listed) continue;
      reasons.push(
        `source ${source} of cluster ${cluster} is ${state}${failure === undefined ? '' : `: ${failure.message} [${failure.code}]`}`,
      );
    }
    if (reasons.length === 0) reasons.push('starting');
  }
  return { ok: reasons.length === 0, reasons };
}
