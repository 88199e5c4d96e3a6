import { describe, expect, it } from '@jest/globals';

import { type LogConfig, makeLogger } from './logging.ts';

/** What a logger of this configuration writes when it is told one line of each level. */
function written(config: LogConfig): string[] {
  const lines: string[] = [];
  const logger = makeLogger(config, { write: (line) => lines.push(line) });
  logger.debug('a', { n: 1 });
  logger.info('b');
  logger.warn('c', { zone: 'a.test.', reason: 'two words', list: ['x'] });
  logger.error('d', { error: new TypeError('broken') });
  return lines;
}

describe('the log', () => {
  it('is one JSON object a line, with level and time in words', () => {
    const lines = written({ level: 'debug', format: 'json' });
    for (const line of lines) expect(line.endsWith('}\n')).toBe(true);
    const objects = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(objects.map(({ level, msg }) => [level, msg])).toEqual([
      ['debug', 'a'],
      ['info', 'b'],
      ['warn', 'c'],
      ['error', 'd'],
    ]);
    expect(objects[0]).toEqual({ level: 'debug', time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/), n: 1, msg: 'a' });
    expect(objects[3]?.['error']).toMatchObject({
      type: 'TypeError',
      message: 'broken',
      stack: expect.stringContaining('TypeError: broken'),
    });
  });

  it('is text for a person where that is asked for', () => {
    const lines = written({ level: 'warn', format: 'text' });
    expect(lines[0]).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z WARN {2}c zone=a\.test\. reason="two words" list=\["x"\]\n$/);
    expect(lines[1]).toMatch(/ ERROR d error=\{"type":"TypeError","message":"broken"/);
  });

  it.each([
    ['debug', 4],
    ['info', 3],
    ['warn', 2],
    ['error', 1],
  ] as const)('of level %s has %d of the four levels', (level, count) => {
    expect(written({ level, format: 'json' })).toHaveLength(count);
  });
});
