import { describe, expect, it } from '@jest/globals';

import { RecordingLogger } from '../../testing/recording-logger.ts';
import { ApiError } from './api-error.ts';
import { WriteFailures } from './write-failures.ts';

describe('the failures of a writer', () => {
  it('are logged when they begin, when they are others, and when they begin again', () => {
    const logger = new RecordingLogger();
    const failures = new WriteFailures({ message: 'Events cannot be written', logger, random: () => 0 });
    const away = new ApiError('API_UNREACHABLE', 'refused');
    const denied = new ApiError('API_FORBIDDEN', 'forbidden');
    for (const error of [away, away, denied, denied]) failures.note(error);
    failures.clear();
    failures.note(denied);
    expect(logger.lines.map(({ fields }) => fields['code'])).toEqual(['API_UNREACHABLE', 'API_FORBIDDEN', 'API_FORBIDDEN']);
    expect(logger.lines[0]).toMatchObject({ level: 'warn', message: 'Events cannot be written', fields: { reason: 'refused' } });
  });

  it('are followed by longer and longer pauses, by those that the server wishes, and by five minutes where RBAC denies', () => {
    const failures = new WriteFailures({ message: '', logger: new RecordingLogger(), random: () => 0 });
    const away = new ApiError('API_UNREACHABLE', 'refused');
    expect([failures.note(away), failures.note(away), failures.note(away)]).toEqual([100, 200, 400]);
    failures.clear();
    expect(failures.note(away)).toBe(100);
    expect(failures.note(new ApiError('API_THROTTLED', 'later', { retryAfterMs: 7_000 }))).toBe(7_000);
    expect(failures.note(new ApiError('API_FORBIDDEN', 'forbidden'))).toBe(300_000);
  });
});
