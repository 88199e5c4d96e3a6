import { describe, expect, it } from '@jest/globals';

import { busyNanosecondsOf } from './processor-busy.ts';

const STAT = 'cpu  300 30 60 9000 5 3 6 9 0 0\ncpu0 100 10 20 3000 5 1 2 3 0 0\ncpu1 200 20 40 6000 0 2 4 6 0 0\nintr 1 2 3\n';

describe('how long a processor was busy', () => {
  it('is all but its idle time and its waiting, also what the hypervisor took', () => {
    expect(busyNanosecondsOf(STAT, 0)).toBe(136e7);
    expect(busyNanosecondsOf(STAT, 1)).toBe(272e7);
  });

  it('is not made up for a processor that is not there', () => {
    expect(() => busyNanosecondsOf(STAT, 2)).toThrow('/proc/stat has no processor 2');
  });
});
