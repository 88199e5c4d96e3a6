/**
 * A process that is a candidate, and tells at every chance whether it may write: `mayWrite true` on standard output, when that changes.
 *
 *     node candidate-process.ts KUBECONFIG NAMESPACE IDENTITY
 */
import { ApiWriter } from '../../cluster/kubernetes/api-writer.ts';
import { Credentials } from '../../cluster/kubernetes/credentials.ts';
import { REAL_CLOCK } from '../../testing/fake-clock.ts';
import { RecordingLogger } from '../../testing/recording-logger.ts';
import { LeaderElection, type Term } from '../leader-election.ts';

const [, , kubeconfig = '', namespace = '', identity = ''] = process.argv;

const credentials = new Credentials({ kubeconfig });
const writer = new ApiWriter({
  access: (signal) => credentials.access(signal),
  renew: () => credentials.renew(),
  userAgent: 'kubezone-test/0',
  clock: REAL_CLOCK,
});
let term: Term | undefined;
const election = new LeaderElection({
  writer,
  namespace,
  name: 'candidates',
  identity,
  clock: REAL_CLOCK,
  logger: new RecordingLogger(),
  timing: { leaseMs: 2_000, deadlineMs: 1_200, renewMs: 200, retryMs: 200 },
  lead: async (begun) => {
    term = begun;
    await new Promise((resolve) => begun.signal.addEventListener('abort', resolve));
  },
});
election.start();

let told: string | undefined;
/** Asked as a write asks: by the term, whatever timers have or have not been told. */
function tell(): void {
  const line = `mayWrite ${term?.mayWrite() ?? false}\n`;
  if (line !== told) process.stdout.write(line);
  told = line;
}
// Timers first in the loop: this one asks before any answer is read, or any later timer is called.
setInterval(tell, 1);
process.on('SIGTERM', () => {
  void election.stop().then(() => {
    tell();
    process.exit(0);
  });
});
