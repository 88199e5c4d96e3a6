import { describe, expect, it } from '@jest/globals';

import { fakeClock, type FakeClock, type RecordingLogger, recordLog } from '@kubezone/app/testing';
import { Catalog, type Conflict, nameOf, type Origin, type Rdata, scanRdataText, TYPE } from '@kubezone/core';

import { ConflictLog } from './conflict-log.ts';

function origin(object: string): Origin {
  return { source: 'node-area', cluster: 'prod', namespace: '', object, createdAt: 0 };
}

function conflict(name: string, loser = 'Node/n1'): Conflict {
  return {
    code: 'LOWER_PRIORITY_SOURCE',
    owner: nameOf(name),
    loser: origin(loser),
    winner: origin('Node/n0'),
    message: 'taken',
    since: 0,
  };
}

function setUp(): { conflicts: Conflict[]; clock: FakeClock; logger: RecordingLogger; log: ConflictLog } {
  const conflicts: Conflict[] = [];
  const clock = fakeClock();
  const logger = recordLog();
  return { conflicts, clock, logger, log: new ConflictLog({ conflicts: () => conflicts, clock, logger }) };
}

describe('a conflict', () => {
  it('is logged once when it appears and once when it is over', () => {
    const { conflicts, clock, logger, log } = setUp();
    conflicts.push(conflict('a.test'));
    log.touch();
    clock.advance(1000);
    expect(logger.lines.splice(0)).toEqual([
      {
        level: 'warn',
        message: 'not served as asked for',
        fields: {
          code: 'LOWER_PRIORITY_SOURCE',
          name: 'a.test.',
          object: 'node-area prod Node/n1',
          instead: 'node-area prod Node/n0',
          reason: 'taken',
        },
      },
    ]);
    log.touch();
    clock.advance(1000);
    expect(logger.take()).toEqual([]);
    conflicts.length = 0;
    log.touch();
    clock.advance(1000);
    expect(logger.take()).toEqual(['info: a conflict is over']);
  });

  it('that comes and goes within one burst of changes is not logged', () => {
    const { conflicts, clock, logger, log } = setUp();
    conflicts.push(conflict('a.test'));
    log.touch();
    clock.advance(500);
    log.touch();
    conflicts.length = 0;
    clock.advance(10_000);
    expect(logger.take()).toEqual([]);
  });

  it('beyond the hundredth is only counted, and the hundred stay the same', () => {
    const { conflicts, clock, logger, log } = setUp();
    for (let index = 0; index < 300; index++) conflicts.push(conflict(`n${index}.test`));
    log.touch();
    clock.advance(1000);
    const lines = logger.take();
    expect(lines.filter((line) => line === 'warn: not served as asked for')).toHaveLength(100);
    expect(lines.at(-1)).toBe('warn: further conflicts are only counted');
    conflicts.reverse();
    log.touch();
    clock.advance(1000);
    expect(logger.take()).toEqual([]);
  });

  it('is one for each type that is not served', () => {
    const clock = fakeClock();
    const catalog = new Catalog({ order: ['zone-file', 'node-area'], clock });
    const logger = recordLog();
    const log = new ConflictLog({ conflicts: () => catalog.conflicts(), clock, logger });
    const put = (source: string, object: string, data: Readonly<Partial<Record<'A' | 'AAAA', string>>>): string[] => {
      const desired = (['A', 'AAAA'] as const).flatMap((type) => {
        const text = data[type];
        return text === undefined
          ? []
          : [
              {
                kind: 'rrset' as const,
                owner: nameOf('a.test'),
                type: TYPE[type],
                ttl: 30,
                rdatas: [scanRdataText(TYPE[type], text) as Rdata],
              },
            ];
      });
      catalog.put({ source, cluster: 'prod', namespace: '', object, createdAt: 0 }, desired);
      log.touch();
      clock.advance(1000);
      return logger.lines
        .splice(0)
        .map(({ message, fields }) => `${message}: ${/asks for (\S+ \S+)/.exec(String(fields['reason']))?.[1] ?? ''}`);
    };
    put('zone-file', 'file', { A: '192.0.2.1', AAAA: '2001:db8::1' });
    expect(put('node-area', 'Node/n1', { A: '192.0.2.9', AAAA: '2001:db8::9' })).toEqual([
      'not served as asked for: A 192.0.2.9',
      'not served as asked for: AAAA 2001:db8::9',
    ]);
    // Another value is no other conflict.
    expect(put('node-area', 'Node/n1', { A: '192.0.2.8', AAAA: '2001:db8::9' })).toEqual([]);
    expect(put('node-area', 'Node/n1', { AAAA: '2001:db8::9' })).toEqual(['a conflict is over: A 192.0.2.8']);
    expect(put('node-area', 'Node/n1', { A: '192.0.2.7', AAAA: '2001:db8::9' })).toEqual([
      'not served as asked for: A 192.0.2.7',
    ]);
  });

  it('is not looked at any more after the end', () => {
    const { conflicts, clock, logger, log } = setUp();
    log.touch();
    log.stop();
    conflicts.push(conflict('a.test'));
    log.touch();
    clock.advance(10_000);
    expect(logger.take()).toEqual([]);
  });
});
