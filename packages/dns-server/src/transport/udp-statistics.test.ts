import { constants } from 'node:os';

import { describe, expect, it } from '@jest/globals';

import { count, COUNTER, COUNTERS, sumStatistics } from './udp-statistics.ts';

describe('the statistics of UDP workers', () => {
  it('are the sums of theirs', () => {
    const workers = [1, 10, 100].map((factor) => {
      const counters = new Float64Array(COUNTERS);
      for (const [place, index] of Object.values(COUNTER).entries()) count(counters, index, factor * (place + 1));
      counters[COUNTER.lastErrno] = factor === 10 ? constants.errno.EPERM : 0;
      return counters;
    });
    expect(sumStatistics(workers, 5)).toEqual({
      batches: 111,
      received: 222,
      oversize: 333,
      sent: 444,
      sendFailed: 555,
      receiveFailed: 666,
      lastError: 'EPERM',
      forged: 888,
      unanswered: 999,
      handlerFailed: 1110,
      deferred: 1221,
      restarts: 5,
    });
  });

  it('name no error where there was none', () => {
    expect(sumStatistics([new Float64Array(COUNTERS)], 0)).not.toHaveProperty('lastError');
  });
});
