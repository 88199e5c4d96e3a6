import { describe, expect, it } from '@jest/globals';

import { scanDuration, scanTtl } from './ttl.ts';

describe('durations', () => {
  it.each([
    ['0', 0],
    ['3600', 3600],
    ['1h', 3600],
    ['1H30M', 5400],
    ['1w2d3h4m5s', 788_645],
    ['4294967295', 4_294_967_295],
  ])('%s is %d seconds', (text, seconds) => {
    expect(scanDuration(text)).toBe(seconds);
  });

  it.each(['', '-1', '1.5', '1y', 'h', '1h30', '4294967296', '8000w', '1e3', ' 1'])('"%s" is none', (text) => {
    expect(scanDuration(text)).toMatchObject({ code: 'BAD_FIELD' });
  });

  it.each(['1s', '1', 'x'])('are none where %s is repeated a million times', (text) => {
    expect(scanDuration(text.repeat(5_000_000))).toMatchObject({ code: 'BAD_FIELD' });
  });

  it('are TTLs up to 2^31-1 (RFC 2181, section 8)', () => {
    expect(scanTtl('2147483647')).toBe(2_147_483_647);
    expect(scanTtl('2147483648')).toMatchObject({ code: 'BAD_FIELD' });
    expect(scanTtl('x')).toMatchObject({ code: 'BAD_FIELD' });
  });
});
