import { describe, expect, it } from '@jest/globals';

import { answeredFailure, type FailureKind, kindOf, providerError, unansweredFailure } from './cloudflare-failure.ts';

const NOW = Date.parse('2026-11-23T00:00:00Z');
const body = (code: number, chain: number[] = []): unknown => ({
  success: false,
  errors: [{ code, message: `m${code}`, error_chain: chain.map((one) => ({ code: one, message: `m${one}` })) }],
});

describe('a failure', () => {
  it.each<[FailureKind, number, unknown]>([
    ['throttled', 429, undefined],
    ['throttled', 429, body(971)],
    ['throttled', 400, body(971)],
    ['unavailable', 500, body(10_013)],
    ['unavailable', 502, undefined],
    ['unavailable', 524, undefined],
    ['forbidden', 401, undefined],
    ['forbidden', 403, undefined],
    ['forbidden', 403, body(10_000)],
    ['forbidden', 403, body(9109)],
    ['forbidden', 400, body(6003, [6111])],
    ['zone-unknown', 404, undefined],
    ['zone-unknown', 404, body(7003, [7000])],
    ['zone-unknown', 400, body(1001)],
    ['conflict', 404, body(81_044)],
    ['conflict', 400, body(81_053)],
    ['conflict', 400, body(81_054)],
    ['conflict', 400, body(81_057)],
    ['conflict', 200, body(81_058)],
    // An NS RRset tolerates nothing beside it, which planning does not know: to plan again would lead to the same.
    ['refused', 400, body(81_056)],
    ['refused', 400, body(1004, [9005])],
    ['refused', 403, body(1043)],
    ['refused', 413, undefined],
    ['refused', 200, body(1004, [9003])],
  ])('is %s: HTTP %d %j', (kind, status, answer) => {
    expect(kindOf(answeredFailure(status, answer, undefined, NOW))).toBe(kind);
  });

  it.each([
    ['7', 7000],
    ['0.5', 500],
    ['Mon, 23 Nov 2026 00:01:00 GMT', 60_000],
    ['Mon, 23 Nov 2026 00:00:00 GMT', 0],
    ['soon', undefined],
  ])('is to be waited out as Retry-After says: %s', (text, expected) => {
    expect(answeredFailure(429, undefined, new Headers({ 'retry-after': text }), NOW).retryAfterMs).toBe(expected);
  });

  it('tells the whole chain of errors, and no more of each than a line', () => {
    const { message } = answeredFailure(400, body(1004, [9005, 9021]), undefined, NOW);
    expect(message).toBe('HTTP 400: m1004 (1004): m9005 (9005): m9021 (9021)');
    const long = answeredFailure(400, { errors: [{ code: 1, message: 'x'.repeat(10_000) }, null, 'odd'] }, undefined, NOW);
    expect(long.message.length).toBeLessThan(400);
  });

  it.each([
    ['ECONNREFUSED', true],
    ['ENOTFOUND', true],
    ['UND_ERR_CONNECT_TIMEOUT', true],
    ['ECONNRESET', false],
    ['UND_ERR_SOCKET', false],
    ['EPIPE', false],
  ])('without an answer was certainly not sent only where no connection was made: %s', (code, unsent) => {
    const error = new Error('Connection error.', {
      cause: new TypeError('fetch failed', { cause: Object.assign(new Error('why'), { code }) }),
    });
    const failure = unansweredFailure(error);
    expect(failure).toMatchObject({ unsent, message: 'no answer: Connection error.: fetch failed: why' });
    expect(kindOf(failure)).toBe('unavailable');
  });

  it('names what was asked for', () => {
    expect(providerError('zone example.com.', answeredFailure(403, body(9109), undefined, NOW))).toMatchObject({
      code: 'PROVIDER_FORBIDDEN',
      message: 'zone example.com.: HTTP 403: m9109 (9109)',
    });
  });
});
