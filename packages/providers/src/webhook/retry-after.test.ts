import { expect, it } from '@jest/globals';

import { retryAfterMs } from './retry-after.ts';

it.each([
  [undefined, undefined],
  ['3', 3000],
  [' 0 ', 0],
  ['Fri, 15 Jan 2027 08:00:10 GMT', 10_000],
  ['Fri, 15 Jan 2027 07:00:00 GMT', 0],
  ['soon', undefined],
])('Retry-After %j is in %j ms', (header, expected) => {
  expect(retryAfterMs(header, Date.UTC(2027, 0, 15, 8))).toBe(expected);
});
