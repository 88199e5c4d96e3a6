import { describe, expect, it } from '@jest/globals';

import { type Subject, printProblem } from '../cluster/problem.ts';
import { NODES } from '../resources/node.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { RecordingLogger } from '../testing/recording-logger.ts';
import { DESCRIBED_SUBJECTS, ProblemRegister } from './problem-register.ts';

const subject = (key: string): Subject => ({ kind: 'object', resource: NODES, key });
const bad = (message: string): { code: 'AREA_INVALID'; message: string } => ({ code: 'AREA_INVALID', message });

describe('the problems in force', () => {
  it('are those that were reported last of each object, by anybody', () => {
    const register = new ProblemRegister({ clock: new FakeClock(), logger: new RecordingLogger() });
    register.replace('k', subject('n1'), 'one', [bad('a'), bad('b')]);
    register.replace('k', subject('n1'), 'other', [bad('b')]);
    register.replace('k', { kind: 'file', file: 'x.yaml' }, '', [
      { code: 'MANIFEST_SYNTAX', file: 'x.yaml', line: 3, column: 4, message: 'c' },
    ]);
    expect(register.list().map(printProblem)).toEqual([
      'k: Node/n1: a [AREA_INVALID]',
      'k: Node/n1: b [AREA_INVALID]',
      'k: x.yaml:3:4: c [MANIFEST_SYNTAX]',
    ]);
    expect(register.count()).toBe(3);
    expect(register.list(1)).toHaveLength(1);
    register.replace('k', subject('n1'), 'one', []);
    expect(register.list().map(({ message }) => message)).toEqual(['b', 'c']);
    register.replace('k', subject('n1'), 'other', []);
    register.replace('k', subject('n1'), 'other', []);
    expect(register.count()).toBe(1);
  });

  it('are said to have changed when some come or go, and not when there are none still', () => {
    let changes = 0;
    const register = new ProblemRegister({
      clock: new FakeClock(),
      logger: new RecordingLogger(),
      onChange: () => void changes++,
    });
    register.replace('k', subject('n1'), 'one', []);
    expect(changes).toBe(0);
    register.replace('k', subject('n1'), 'one', [bad('a')]);
    register.replace('k', subject('n1'), 'other', [bad('b')]);
    expect(changes).toBe(2);
    register.replace('k', subject('n1'), 'one', []);
    register.replace('k', subject('n1'), 'other', []);
    expect(changes).toBe(4);
    register.replace('k', subject('n1'), 'other', []);
    expect(changes).toBe(4);
  });

  it('name the kind of an object that has no name', () => {
    const register = new ProblemRegister({ clock: new FakeClock(), logger: new RecordingLogger() });
    register.replace('k', { kind: 'nameless', resource: NODES }, '', [bad('a')]);
    expect(register.list().map(printProblem)).toEqual(['k: Node: a [AREA_INVALID]']);
  });

  it('are logged when they begin, not again while they last, and once when all of an object are mended', () => {
    const logger = new RecordingLogger();
    const register = new ProblemRegister({ clock: new FakeClock(), logger });
    register.replace('k', subject('n1'), 'one', [bad('a')]);
    register.replace('k', subject('n1'), 'one', [bad('a')]);
    register.replace('k', subject('n1'), 'other', [bad('a')]);
    register.replace('k', subject('n1'), 'one', [bad('a'), bad('b')]);
    register.replace('k', subject('n1'), 'one', []);
    register.replace('k', subject('n1'), 'other', []);
    expect(logger.lines.map(({ level, fields }) => `${level} ${String(fields['message'] ?? fields['subject'])}`)).toEqual([
      'warn a',
      'warn b',
      'info Node/n1',
    ]);
  });

  it('are described of so many objects only, but counted of all', () => {
    const logger = new RecordingLogger();
    const register = new ProblemRegister({ clock: new FakeClock(), logger });
    for (let index = 0; index < DESCRIBED_SUBJECTS + 500; index++)
      register.replace('k', subject(`n${index}`), '', [bad('a'), bad('b')]);
    expect(register.list()).toHaveLength(2 * DESCRIBED_SUBJECTS);
    expect(register.count()).toBe(2 * (DESCRIBED_SUBJECTS + 500));
    const last = `Node/n${DESCRIBED_SUBJECTS}`;
    expect([
      register.isOnlyCounted('k', last),
      register.isOnlyCounted('k', 'Node/n0'),
      register.isOnlyCounted('k', 'Node/none'),
    ]).toEqual([true, false, false]);
    expect(logger.lines).toHaveLength(2 * DESCRIBED_SUBJECTS + 1);
    for (let index = 0; index < DESCRIBED_SUBJECTS + 500; index++) register.replace('k', subject(`n${index}`), '', []);
    expect(register.count()).toBe(0);
    register.replace('k', subject('n'), '', [bad('a')]);
    expect(register.list()).toHaveLength(1);
  });

  it('keep their beginning while they last, whoever finds them and in whatever company', () => {
    const clock = new FakeClock(1_000);
    const register = new ProblemRegister({ clock, logger: new RecordingLogger() });
    const listed = (): string[] => register.list().map(({ message, since }) => `${message} ${since}`);
    register.replace('k', subject('n1'), 'one', [bad('a')]);
    clock.advance(10);
    register.replace('k', subject('n1'), 'one', [bad('b'), bad('a')]);
    register.replace('k', subject('n1'), 'other', [bad('a')]);
    expect(listed()).toEqual(['b 1010', 'a 1000']);
    clock.advance(10);
    register.replace('k', subject('n1'), 'one', []);
    expect(listed()).toEqual(['a 1000']);
    register.replace('k', subject('n1'), 'other', []);
    register.replace('k', subject('n1'), 'other', [bad('a')]);
    expect(listed()).toEqual(['a 1020']);
  });
});
