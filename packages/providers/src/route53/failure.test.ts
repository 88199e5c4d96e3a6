import { describe, expect, it } from '@jest/globals';

import { readFailure } from './failure.ts';

const thrown = (name: string, status?: number, more: object = {}): unknown =>
  Object.assign(new Error('text'), { name, $metadata: { httpStatusCode: status } }, more);

describe('a failed request', () => {
  it.each([
    ['Throttling, which is a 400', thrown('Throttling', 400), { kind: 'throttled', afterMs: 1000 }],
    ['PriorRequestNotComplete', thrown('PriorRequestNotComplete', 400), { kind: 'throttled' }],
    [
      'a 429 with Retry-After',
      thrown('x', 429, { $response: { headers: { 'retry-after': '3' } } }),
      { kind: 'throttled', afterMs: 3000 },
    ],
    [
      'no credentials',
      thrown('CredentialsProviderError'),
      {
        kind: 'failed',
        error: {
          code: 'PROVIDER_FORBIDDEN',
          message: expect.stringMatching(/^cannot test at Route 53: no credentials are found in/),
        },
      },
    ],
    ['an expired token', thrown('ExpiredToken', 403), { kind: 'failed', error: { code: 'PROVIDER_FORBIDDEN' } }],
    ['AccessDenied', thrown('AccessDenied', 403), { kind: 'denied', text: 'AccessDenied: text' }],
    ['NoSuchHostedZone', thrown('NoSuchHostedZone', 404), { kind: 'failed', error: { code: 'PROVIDER_ZONE_UNKNOWN' } }],
    ['NoSuchHealthCheck', thrown('NoSuchHealthCheck', 404), { kind: 'refused', texts: ['NoSuchHealthCheck: text'] }],
    ['InvalidInput', thrown('InvalidInput', 400), { kind: 'refused', texts: ['InvalidInput: text'] }],
    ['InvalidChangeBatch', thrown('InvalidChangeBatch', 400), { kind: 'refused', texts: ['text'] }],
    [
      'InvalidChangeBatch with messages',
      thrown('InvalidChangeBatch', 400, { messages: ['a', 'b'] }),
      { kind: 'refused', texts: ['a', 'b'] },
    ],
    ['its older form', thrown('Unknown', 400, { Messages: { Message: ['a', 'b'] } }), { kind: 'refused', texts: ['a', 'b'] }],
    [
      'its older form with one message',
      thrown('Unknown', 400, { Messages: { Message: 'a' } }),
      { kind: 'refused', texts: ['a'] },
    ],
    ['a 503', thrown('ServiceUnavailable', 503), { kind: 'unknown', error: { code: 'PROVIDER_UNAVAILABLE' } }],
    ['a refused connection', thrown('Error', undefined, { code: 'ECONNREFUSED' }), { kind: 'unsent' }],
    [
      'a name that does not resolve',
      thrown('Error', undefined, { code: 'ENOTFOUND', hostname: 'sts.amazonaws.com' }),
      { kind: 'unsent', error: { message: 'cannot test at Route 53: Error ENOTFOUND sts.amazonaws.com' } },
    ],
    [
      'a connection that the system gave up',
      thrown('TimeoutError', undefined, { code: 'ETIMEDOUT', syscall: 'connect' }),
      { kind: 'unsent' },
    ],
    [
      'a connection that takes too long',
      thrown('TimeoutError', undefined, { message: 'the request socket did not establish a connection' }),
      { kind: 'unsent' },
    ],
    [
      'a reply that takes too long',
      thrown('TimeoutError', undefined, { code: 'ETIMEDOUT', syscall: 'read' }),
      { kind: 'unknown' },
    ],
    ['a reset', thrown('Error', undefined, { code: 'ECONNRESET' }), { kind: 'unknown' }],
    ['an abort', thrown('AbortError'), { kind: 'unknown' }],
    ['anything else', 'nonsense', { kind: 'unknown' }],
  ])('by %s', (_, error, expected) => {
    expect(readFailure(error, 'test')).toMatchObject(expected);
  });
});
