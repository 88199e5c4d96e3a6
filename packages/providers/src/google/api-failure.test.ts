import { describe, expect, it } from '@jest/globals';

import { isThrottling, isZoneUnknown, readApiFailure } from './api-failure.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z');

/** An answer as Cloud DNS gives it. */
function bodyOf(reason: string, ...messages: readonly string[]): string {
  return JSON.stringify({
    error: { code: 400, message: messages[0], errors: messages.map((message) => ({ message, domain: 'global', reason })) },
  });
}

describe('an error of Cloud DNS', () => {
  // Texts from reports of users: kubernetes-sigs/external-dns #467, #2817, #3885; hashicorp/terraform-provider-google #9112.
  it.each([
    ["Precondition not met for 'entity.change.deletions[76]'", { kind: 'index', list: 'deletions', index: 76 }],
    [
      "The 'entity.change.deletions[18]' resource named 'a-AA.XX.com. (TXT)' does not exist.",
      { kind: 'index', list: 'deletions', index: 18 },
    ],
    ["Invalid value for 'entity.change.additions[0].rrdata[1]': 'x'", { kind: 'index', list: 'additions', index: 0 }],
    ["Invalid value for 'entity.change.additions[0].name': '${var}.'", { kind: 'index', list: 'additions', index: 0 }],
    [
      "The resource record set 'entity.change.additions[echo.mesh.example.net.][CNAME]' is invalid because the DNS name 'echo.mesh.example.net.' has a resource record set of the type 'TXT'.",
      { kind: 'rrset', owner: 'echo.mesh.example.net.', type: 'CNAME' },
    ],
    ["The resource 'entity.change.additions[*.Example.com.][A]' named …", { kind: 'rrset', owner: '*.example.com.', type: 'A' }],
    ['The change would exceed quota for additions per change.', undefined],
    ["Invalid value for 'entity.change.additions[nonsense]'", undefined],
  ])('says which RRset it is about: %s', (message, place) => {
    expect(readApiFailure(400, bodyOf('invalid', message), {}, NOW).faults).toEqual([{ reason: 'invalid', message, place }]);
  });

  it('tells of several things at once', () => {
    const { faults, message } = readApiFailure(404, bodyOf('notFound', 'first', 'second'), {}, NOW);
    expect(faults.map((fault) => fault.message)).toEqual(['first', 'second']);
    expect(message).toBe('first');
  });

  it.each([
    [429, 'rateLimitExceeded', true],
    [403, 'rateLimitExceeded', true],
    [403, 'userRateLimitExceeded', true],
    [403, 'dailyLimitExceeded', true],
    [403, 'quotaExceeded', false],
    [403, 'forbidden', false],
    [400, 'invalid', false],
  ])('%d %s asks to slow down: %s', (status, reason, expected) => {
    expect(isThrottling(readApiFailure(status, bodyOf(reason, 'x'), {}, NOW))).toBe(expected);
  });

  it.each([
    ['seconds', { 'retry-after': '30' }, '', 30_000],
    ['a date', { 'retry-after': 'Mon, 23 Nov 2026 12:00:05 GMT' }, '', 5000],
    ['a date that is past', { 'retry-after': 'Mon, 23 Nov 2026 11:00:00 GMT' }, '', 0],
    ['nonsense', { 'retry-after': 'soon' }, '', undefined],
    ['nothing', {}, '', undefined],
    ['RetryInfo', {}, JSON.stringify({ error: { details: [{ '@type': 'x' }, { retryDelay: '1.5s' }] } }), 1500],
  ])('names a time to wait by %s', (_, headers, body, expected) => {
    expect(readApiFailure(429, body, headers, NOW).retryAfterMs).toBe(expected);
  });

  it.each([
    [404, "The 'parameters.managedZone' resource named 'x' does not exist.", true],
    [404, "The 'parameters.project' resource named 'x' does not exist.", true],
    [404, "The 'entity.change.deletions[0]' resource named 'x. (A)' does not exist.", false],
    [400, "Invalid value for 'parameters.managedZone': 'x.'", true],
    [400, "Invalid value for 'entity.change.additions[0].name': 'x'", false],
  ])('%d %s is about the zone: %s', (status, message, expected) => {
    expect(isZoneUnknown(readApiFailure(status, bodyOf('x', message), {}, NOW))).toBe(expected);
  });

  it.each([
    ['a page', '<html><head>\n<title>Sign in</title></head></html>', 'Sign in'],
    ['nothing', '', 'no reason given'],
    ['JSON of another kind', '["x"]', '["x"]'],
    ['an error that is no object', '{"error":"invalid_grant"}', '{"error":"invalid_grant"}'],
  ])('is not what %s is, but something is said', (_, body, message) => {
    expect(readApiFailure(502, body, {}, NOW)).toMatchObject({ isGoogles: false, faults: [], message });
  });
});
