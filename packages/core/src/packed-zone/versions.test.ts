import { describe, expect, it } from '@jest/globals';

import { createSharedMemory, readerWord, VERSION_WORD } from './shared-memory.ts';
import { TASK, Versions } from './versions.ts';

describe('versions', () => {
  it('have nothing done while a reader is so old that versions cannot be compared with its own', () => {
    const memory = createSharedMemory(1, 2 ** 22);
    const { words } = memory;
    const versions = new Versions(memory);
    versions.later(TASK.FREE, 4711);
    versions.publish();
    // More than 2^31 publications ago: the distance is negative.
    Atomics.store(words, readerWord(70), ((words[VERSION_WORD] as number) - 0x8000_0005) | 0);
    const done: number[] = [];
    expect(versions.isDue()).toBe(false);
    expect(versions.run(10, (_, address) => done.push(address))).toBe(0);
    versions.close(70);
    expect(versions.isDue()).toBe(true);
    expect(versions.run(10, (_, address) => done.push(address))).toBe(1);
    expect(done).toEqual([4711]);
  });
});
