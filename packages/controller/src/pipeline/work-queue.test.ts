import { describe, expect, it } from '@jest/globals';

import { Lane, WorkQueue } from './work-queue.ts';

/** Everything that comes out, in order. */
function drain(queue: WorkQueue<string>, heard: string[] = []): string[] {
  for (let work = queue.take(); work !== undefined; work = queue.take()) {
    if (typeof work === 'function') work();
    else heard.push(`${work.owner} ${work.key}`);
  }
  return heard;
}

const keys = (prefix: string, count: number): string[] => Array.from({ length: count }, (_, index) => `${prefix}${index}`);

describe('work that waits', () => {
  it('comes out in the order in which it was put in, each object once', () => {
    const queue = new WorkQueue<string>();
    const lane = new Lane('one');
    queue.put(lane, undefined, () => keys('a', 20));
    queue.put(lane, undefined, () => ['a19', 'b']);
    queue.put(lane, undefined, () => ['c', 'b']);
    expect(drain(queue)).toEqual([...keys('a', 20), 'b', 'c'].map((key) => `one ${key}`));
    expect(queue.empty).toBe(true);
    expect(queue.take()).toBeUndefined();
    queue.put(lane, undefined, () => ['a0']);
    expect(drain(queue)).toEqual(['one a0']);
  });

  it('is not looked for before its turn comes, nor faster than it is worked on', () => {
    let found = 0;
    const queue = new WorkQueue<string>();
    queue.put(new Lane('one'), undefined, function* () {
      for (const key of keys('a', 1_000)) {
        found++;
        yield key;
      }
    });
    expect(found).toBe(0);
    for (let taken = 0; taken < 10; taken++) queue.take();
    expect(found).toBeLessThanOrEqual(80);
  });

  it('is looked for once more, and no more often, where it is put in again while it is being looked for', () => {
    let walks = 0;
    const queue = new WorkQueue<string>();
    const put = (): void => queue.put(new Lane('one'), 'name', () => (walks++, keys('a', 100)));
    put();
    put();
    expect(walks).toBe(0);
    queue.take();
    for (let round = 0; round < 10; round++) put();
    const heard = drain(queue);
    expect(walks).toBe(2);
    // The one that had been taken before comes once more.
    expect(heard).toContain('one a0');
  });

  it('is told of when all that was put in before has been worked on, and not what came later', () => {
    const queue = new WorkQueue<string>();
    const heard: string[] = [];
    queue.put(new Lane('one'), undefined, () => keys('a', 30));
    queue.put(new Lane('other'), undefined, () => keys('b', 30));
    queue.call(() => heard.push('done'));
    queue.put(new Lane('one'), undefined, () => ['later']);
    drain(queue, heard);
    expect(heard.indexOf('done')).toBe(60);
    expect(heard.at(-1)).toBe('one later');
    queue.call(() => heard.push('again'));
    expect(queue.empty).toBe(false);
    drain(queue, heard);
    expect(heard.at(-1)).toBe('again');
  });

  it('can be dropped, one by one and altogether', () => {
    const queue = new WorkQueue<string>();
    const lane = new Lane('one');
    queue.put(lane, undefined, () => keys('a', 4));
    queue.take();
    lane.drop('a2');
    expect(drain(queue)).toEqual(['one a1', 'one a3']);
    queue.put(lane, undefined, () => keys('a', 100));
    queue.take();
    queue.clear();
    expect(queue.empty).toBe(true);
    expect(queue.take()).toBeUndefined();
  });
});
