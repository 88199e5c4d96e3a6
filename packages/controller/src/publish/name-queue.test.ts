import { nameOf } from '@kubezone/core';
import { describe, expect, it } from '@jest/globals';

import { NameQueue } from './name-queue.ts';

const [A, B, C] = ['a.example', 'b.example', 'c.example'].map(nameOf) as [
  ReturnType<typeof nameOf>,
  ReturnType<typeof nameOf>,
  ReturnType<typeof nameOf>,
];

describe('the queue of names', () => {
  it('holds each name once, in the order in which they first came, with the time of its first change', () => {
    const queue = new NameQueue();
    queue.put(A, 1);
    queue.put(B, 2);
    queue.put(A, 3);
    expect(queue.size).toBe(2);
    expect(queue.oldest()).toBe(1);
    expect(queue.takeAll()).toEqual([
      [A, 1],
      [B, 2],
    ]);
    expect(queue.size).toBe(0);
    expect(queue.oldest()).toBeUndefined();
  });

  it('keeps the earlier time where a name comes back that had waited already', () => {
    const queue = new NameQueue();
    queue.put(A, 5);
    queue.put(A, 1);
    expect(queue.take(A)).toBe(1);
    expect(queue.take(A)).toBeUndefined();
  });

  it('lets names wait for their time, the earliest that was said, unless they change', () => {
    const queue = new NameQueue();
    queue.putLater(A, 100);
    queue.putLater(A, 50);
    queue.putLater(A, 70);
    queue.putLater(B, 200);
    queue.putLater(C, 60);
    queue.put(C, 1);
    queue.putLater(C, 300);
    expect(queue.later).toBe(2);
    expect(queue.wake(49)).toBe(50);
    expect(queue.wake(50)).toBe(200);
    expect(queue.takeAll().map(([owner]) => owner)).toEqual([C, A]);
    expect(queue.wake(200)).toBe(Infinity);
  });

  it('tells names of which something is still to be done from those that are only looked at again', () => {
    const queue = new NameQueue();
    queue.putLater(A, 100);
    queue.postpone(B, 100);
    queue.put(C, 1);
    queue.postpone(C, 100);
    expect([A, B, C].map((owner) => queue.owes(owner))).toEqual([false, true, true]);
    expect([...queue.postponed]).toEqual([B]);
    queue.postpone(A, 100);
    queue.settle(A);
    expect(queue.owes(A)).toBe(false);
    queue.wake(100);
    expect(queue.postponed.size).toBe(0);
    expect(queue.takeAll().map(([owner]) => owner)).toEqual([C, A, B]);
    expect([A, B, C].map((owner) => queue.owes(owner))).toEqual([false, false, false]);
  });
});
