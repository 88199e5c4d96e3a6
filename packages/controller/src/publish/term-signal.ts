import type { Term } from '../leader-election/leader-election.ts';

/**
 * A signal that is aborted with a term, and knows of its end before anybody tells: a process that was stopped for half a minute runs other timers before the one
 * that ends its term. Whoever asks `aborted` or `throwIfAborted` right before a request, as providers do, is told the truth.
 */
export function termSignal({ signal, mayWrite }: Pick<Term, 'signal' | 'mayWrite'>): AbortSignal {
  const controller = new AbortController();
  const end = (): void => controller.abort(signal.reason);
  const over = controller.signal;
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  let isOver = over.aborted;
  over.addEventListener('abort', () => void (isOver = true));
  const aborted = (): boolean => {
    if (!isOver && !mayWrite()) controller.abort(new DOMException('the term is over: another process may write', 'AbortError'));
    return isOver;
  };
  Object.defineProperty(over, 'aborted', { get: aborted });
  Object.defineProperty(over, 'throwIfAborted', {
    value: () => {
      if (aborted()) throw over.reason;
    },
  });
  return over;
}
