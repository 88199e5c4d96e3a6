import { afterEach, describe, expect, it, jest } from '@jest/globals';

import { EpochWriter } from './testing/epoch-writer.ts';
import { reclaimUnder } from './testing/reclaim-under.ts';
import { epochIndexOf, WorkerEpochs } from './worker-epochs.ts';

/** A writer with three workers. */
function open(first?: number): { readonly writer: EpochWriter; readonly epochs: WorkerEpochs } {
  const writer = new EpochWriter(3, first);
  return { writer, epochs: WorkerEpochs.over(writer.array.buffer, 3) };
}

describe('the epochs of workers', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('let memory go when no worker is at work', () => {
    const { writer } = open();
    expect(writer.hasPassed(writer.advance())).toBe(true);
  });

  it('hold memory while a worker may be reading it, and no longer', () => {
    const { writer, epochs } = open();
    epochs.enter(1);
    const epoch = writer.advance();
    expect(writer.hasPassed(epoch)).toBe(false);
    // Others that began after the change do not matter.
    epochs.enter(2);
    expect(writer.hasPassed(epoch)).toBe(false);
    epochs.enter(1);
    expect(writer.hasPassed(epoch)).toBe(true);
    const next = writer.advance();
    epochs.leave(1);
    expect(writer.hasPassed(next)).toBe(false);
    epochs.leave(2);
    expect([writer.hasPassed(next), epochs.isBusy(1), epochs.isBusy(2)]).toEqual([true, false, false]);
  });

  it.each([
    ['the highest number', 0x7fff_ffff],
    ['the number that means idle', -1],
  ])('pass %s', (_, first) => {
    const { writer, epochs } = open(first);
    epochs.enter(0);
    const second = writer.advance();
    expect([epochs.isBusy(0), writer.hasPassed(second)]).toEqual([true, false]);
    epochs.enter(0);
    expect([epochs.isBusy(0), writer.hasPassed(second), second === 0]).toEqual([true, true, false]);
  });

  it('hold what was current when entering ended, however often the writer advances amid it', () => {
    const { writer, epochs } = open();
    const { store } = Atomics;
    let advances = 3;
    // The writer finds the worker idle, and takes away what older epochs can reach, just before the worker says that it is there.
    jest.spyOn(Atomics, 'store').mockImplementation(((array: Int32Array, index: number, value: number) => {
      if (index === epochIndexOf(0) && advances-- > 0) writer.advance();
      return store(array, index, value);
    }) as typeof Atomics.store);
    epochs.enter(0);
    expect([advances < 0, epochs.array[epochIndexOf(0)]]).toEqual([true, 4]);
  });

  it('hold, in another thread and at full speed, what that thread has entered', async () => {
    const { reclaimed, faults } = await reclaimUnder(300_000);
    expect(faults).toBe(0);
    expect(reclaimed).toBeGreaterThan(1000);
  });

  it('take the beginning of memory that is as large as it likes', () => {
    const buffer = new SharedArrayBuffer(1 << 20);
    expect(WorkerEpochs.over(buffer, 64).array.length).toBe(epochIndexOf(64));
    expect(() => WorkerEpochs.over(new SharedArrayBuffer(128), 2)).toThrow(RangeError);
  });

  it('begin with one that is not idle', () => {
    const epochs = WorkerEpochs.create(2);
    epochs.enter(1);
    expect([epochs.isBusy(0), epochs.isBusy(1)]).toEqual([false, true]);
  });
});
