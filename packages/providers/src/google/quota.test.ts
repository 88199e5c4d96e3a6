import { describe, expect, it } from '@jest/globals';

import { DEFAULT_QUOTA, readQuota } from './quota.ts';

describe('the limits of a project', () => {
  it('are what the project says', () => {
    const quota = {
      kind: 'dns#quota',
      rrsetAdditionsPerChange: 10,
      rrsetDeletionsPerChange: 11,
      totalRrdataSizePerChange: 12,
      resourceRecordsPerRrset: 13,
      nameserversPerDelegation: 14,
    };
    expect(readQuota({ quota })).toEqual({
      additions: 10,
      deletions: 11,
      rdataOctets: 12,
      recordsPerRRset: 13,
      nameServersPerDelegation: 14,
    });
  });

  it.each([
    [undefined],
    [null],
    ['x'],
    [{}],
    [{ quota: null }],
    [{ quota: { rrsetAdditionsPerChange: 0, rrsetDeletionsPerChange: '5' } }],
  ])('are those of new projects where %j says nothing of them', (project) => {
    expect(readQuota(project)).toEqual(DEFAULT_QUOTA);
  });
});
