import { afterEach, describe, expect, it } from '@jest/globals';

import { ModelProvider } from './testing/model-provider.ts';
import { PublishWorld } from './testing/publish-world.ts';
import { termSignal } from './term-signal.ts';

let stop: AbortController;

afterEach(() => stop.abort());

/** A world whose term is over as soon as a test says so, though nobody tells: a process that was stopped hears of it late. */
function lead(provider: ModelProvider, names = 200) {
  stop = new AbortController();
  const world = new PublishWorld({ provider });
  for (let index = 0; index < names; index++) world.ask(`service/n${index}`, `n${index}.example.com. 300 A 10.0.0.${index}`);
  const term = { isOver: false };
  const ended = world.publisher.lead({ signal: stop.signal, mayWrite: () => !term.isOver });
  return { world, term, ended };
}

describe.each([
  ['compares before it writes', true],
  ['does not', false],
])('a term, at a provider that %s', (_what, conditionalWrites) => {
  const make = (): ModelProvider =>
    new ModelProvider({ zones: ['example.com'], traits: { conditionalWrites, maxNamesPerWrite: 5 } });

  it('that is over in the middle of a batch is over for all that follows', async () => {
    const provider = make();
    const { world, term } = lead(provider);
    let writes = 0;
    provider.hooks.after = (_call, results) => {
      if (++writes === 3) term.isOver = true;
      return results;
    };
    await world.quiet();
    expect(provider.count('apply')).toBe(3);
    expect(provider.data()).toHaveLength(15);
  });

  it('that is over between the last check and the request is noticed by a provider that asks the signal', async () => {
    const provider = make();
    const { world, term } = lead(provider);
    provider.hooks.before = async ({ kind }) => {
      if (kind !== 'apply') return;
      // It waits for its turn, and the process is stopped meanwhile.
      await new Promise((resolve) => setImmediate(resolve));
      term.isOver = true;
    };
    await world.quiet();
    expect(provider.data()).toEqual([]);
  });

  it('that is over does not begin a first listing, nor a write after it', async () => {
    const provider = make();
    const { world, term } = lead(provider);
    provider.hooks.before = ({ kind }) => {
      if (kind === 'list') term.isOver = true;
    };
    await world.quiet();
    expect(provider.count('apply')).toBe(0);
  });

  it('that is over while deletes are written down does not delete', async () => {
    const provider = make();
    const { world, ended } = lead(provider);
    await world.quiet();
    stop.abort();
    await ended;
    const writes = provider.count('apply');
    const term = { isOver: false };
    const next = new PublishWorld({
      provider,
      catalog: world.catalog,
      publisher: { saveHistories: () => Promise.resolve(void (term.isOver = true)) },
    });
    next.ask('service/n1');
    stop = new AbortController();
    void next.publisher.lead({ signal: stop.signal, mayWrite: () => !term.isOver });
    await next.quiet();
    expect(term.isOver).toBe(true);
    expect(provider.count('apply')).toBe(writes);
  });

  it('ends when it is told to, and another finishes its work', async () => {
    const provider = make();
    const { world, ended } = lead(provider);
    provider.hooks.after = (_call, results) => {
      if (provider.count('apply') === 7) stop.abort();
      return results;
    };
    await ended;
    expect(provider.data()).toHaveLength(35);
    const next = new AbortController();
    provider.hooks.after = undefined;
    const again = world.publisher.lead({ signal: next.signal, mayWrite: () => true });
    await world.quiet();
    expect(provider.data()).toHaveLength(200);
    next.abort();
    await again;
  });
});

describe('the signal of a term', () => {
  it('is aborted with it', () => {
    const controller = new AbortController();
    const signal = termSignal({ signal: controller.signal, mayWrite: () => true });
    expect(signal.aborted).toBe(false);
    controller.abort(new Error('over'));
    expect(signal.aborted).toBe(true);
    expect(() => signal.throwIfAborted()).toThrow('over');
    expect(termSignal({ signal: controller.signal, mayWrite: () => true }).aborted).toBe(true);
  });

  it('knows of the end before it is told, and tells those who listen when it is asked', () => {
    let mayWrite = true;
    const signal = termSignal({ signal: new AbortController().signal, mayWrite: () => mayWrite });
    const derived = AbortSignal.any([signal]);
    signal.throwIfAborted();
    mayWrite = false;
    expect(() => signal.throwIfAborted()).toThrow('another process may write');
    expect(derived.aborted).toBe(true);
  });
});
