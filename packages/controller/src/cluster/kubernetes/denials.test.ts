import { describe, expect, it } from '@jest/globals';

import { RecordingLogger } from '../../testing/recording-logger.ts';
import { ApiError } from './api-error.ts';
import { DENIED_MS, Denials } from './denials.ts';

const DENIED = new ApiError('API_FORBIDDEN', 'exceeded quota');

function begin(): { readonly denials: Denials; readonly logger: RecordingLogger } {
  const logger = new RecordingLogger();
  return { denials: new Denials({ message: 'Events are denied', logger }), logger };
}

describe('denials', () => {
  it('let one wait for five minutes, and nobody else', () => {
    const { denials } = begin();
    denials.note('team-a', 'a/1', DENIED, 0);
    expect([0, 1, DENIED_MS].map((now) => denials.waitMs('team-a', 'a/1', now))).toEqual([DENIED_MS, DENIED_MS - 1, 0]);
    expect(denials.waitMs('team-a', 'a/2', 0)).toBe(0);
  });

  it('let a whole namespace wait after three in a row, until something is granted there', () => {
    const { denials } = begin();
    for (const subject of ['a/1', 'a/2', 'a/3']) denials.note('team-a', subject, DENIED, 0);
    expect(denials.waitMs('team-a', 'a/4', 0)).toBe(DENIED_MS);
    expect(denials.waitMs('team-b', 'b/1', 0)).toBe(0);
    expect(denials.waitMs('team-a', 'a/4', DENIED_MS)).toBe(0);
    // One more try, and it is as before.
    denials.note('team-a', 'a/4', DENIED, DENIED_MS);
    expect(denials.waitMs('team-a', 'a/5', DENIED_MS)).toBe(DENIED_MS);
    denials.granted('team-a');
    expect(denials.waitMs('team-a', 'a/5', DENIED_MS)).toBe(0);
  });

  it('are forgotten of objects and namespaces that are gone, however many come after', () => {
    const { denials } = begin();
    for (let minute = 0; minute < 1_000; minute++) denials.note(`preview-${minute}`, `${minute}/x`, DENIED, minute * 60_000);
    // Five minutes of objects, and a quarter of an hour of namespaces.
    expect(denials.size).toBe(5 + 15);
  });

  it('count on in a namespace where somebody is denied now and then', () => {
    const { denials } = begin();
    for (const [at, subject] of ['a/1', 'a/2', 'a/3'].entries()) denials.note('team-a', subject, DENIED, at * 2 * DENIED_MS);
    expect(denials.waitMs('team-a', 'a/4', 4 * DENIED_MS)).toBe(DENIED_MS);
  });

  it('are logged once for each namespace, and not of more than twenty', () => {
    const { denials, logger } = begin();
    for (let round = 0; round < 2; round++) {
      for (let index = 0; index < 30; index++) denials.note(`n${index}`, `n${index}/x`, DENIED, 0);
    }
    expect(logger.lines).toHaveLength(20);
    expect(logger.lines[0]).toMatchObject({
      message: 'Events are denied',
      fields: { namespace: 'n0', code: 'API_FORBIDDEN', reason: 'exceeded quota' },
    });
  });
});
