import { describe, expect, it } from '@jest/globals';

import { ApiError, type ApiErrorCode } from './api-error.ts';
import {
  BOOKMARKED_SILENCE_MS,
  INITIAL_STATE,
  isNewer,
  type ReflectorEffect,
  type ReflectorInput,
  type ReflectorState,
  SILENCE_GRACE_MS,
  step,
  WATCH_TIMEOUT_SECONDS,
} from './reflector-step.ts';

/** A reflector whose chance is always in the middle. */
class Machine {
  state: ReflectorState;
  effects: readonly ReflectorEffect[] = [];

  constructor(state: ReflectorState = INITIAL_STATE) {
    this.state = state;
  }

  take(...inputs: readonly ReflectorInput[]): this {
    for (const input of inputs) {
      const { state, effects } = step(this.state, input, () => 0.5);
      this.state = state;
      this.effects = effects;
    }
    return this;
  }

  /** What it does next, in a few words. */
  get next(): string {
    const { action } = this.state;
    const name = (one: typeof action): string => {
      if (one.kind === 'list') return `list ${one.limit}${one.continueToken === undefined ? '' : ` from ${one.continueToken}`}`;
      if (one.kind !== 'wait') return `${one.kind} from ${one.resourceVersion}`;
      return `wait ${one.delayMs} ms, then ${name(one.next)}`;
    };
    return name(action);
  }

  /** What it told last, in a few words. */
  get told(): string[] {
    return this.effects.map((effect) =>
      effect.kind === 'tell' ? `${effect.state} ${effect.failure?.code ?? ''}`.trim() : effect.kind,
    );
  }
}

const page = (resourceVersion: string, continueToken?: string): ReflectorInput => ({
  kind: 'page',
  resourceVersion,
  continueToken,
});
const fail = (
  code: ApiErrorCode,
  { livedMs = 0, retryAfterMs }: { livedMs?: number; retryAfterMs?: number } = {},
): ReflectorInput => ({
  kind: 'failed',
  error: new ApiError(code, 'a test', { retryAfterMs }),
  livedMs,
});
const event = (resourceVersion: string | undefined, at = 0, bookmark = false): ReflectorInput => ({
  kind: 'event',
  resourceVersion,
  bookmark,
  at,
});
const WAITED: ReflectorInput = { kind: 'waited' };
const OPENED: ReflectorInput = { kind: 'opened' };

/** Listed at version 10, and watching. */
const watching = (): Machine => new Machine().take(page('10'), OPENED);

describe('a reflector that lists', () => {
  it('begins with the first page, and reads page after page', () => {
    const machine = new Machine();
    expect(machine.next).toBe('list 500');
    expect(machine.take(page('10', 'a')).next).toBe('list 500 from a');
    expect(machine.told).toEqual([]);
    expect(machine.take(page('10', 'b')).next).toBe('list 500 from b');
  });

  it('commits with the last page, is synced, and watches from the version of the list', () => {
    const machine = new Machine().take(page('10', 'a'), page('10'));
    expect(machine.told).toEqual(['commit', 'synced']);
    expect(machine.next).toBe('watch from 10');
  });

  it('waits longer after each failure, half a minute at most, and starts with the same page again', () => {
    const machine = new Machine().take(page('10', 'a'));
    expect(machine.take(fail('API_ERROR')).next).toBe('wait 150 ms, then list 500 from a');
    expect(machine.take(WAITED, fail('API_ERROR')).next).toBe('wait 300 ms, then list 500 from a');
    machine.take(WAITED);
    for (let failure = 0; failure < 20; failure++) machine.take(fail('API_ERROR'), WAITED);
    expect(machine.take(fail('API_ERROR')).next).toBe('wait 22500 ms, then list 500');
  });

  it('begins anew after three failures on the way', () => {
    const machine = new Machine().take(page('10', 'a'));
    machine.take(fail('API_ERROR'), WAITED, fail('API_ERROR'), WAITED, fail('API_ERROR'));
    expect(machine.next).toBe('wait 600 ms, then list 500');
    expect(machine.told).toEqual(['discard']);
  });

  it('begins anew at once when the continue token has expired, and the second time reads all in one piece', () => {
    const machine = new Machine().take(page('10', 'a'), fail('API_EXPIRED'));
    expect([machine.next, ...machine.told]).toEqual(['list 500', 'discard']);
    machine.take(page('20', 'b'), fail('API_EXPIRED'));
    expect([machine.next, ...machine.told]).toEqual(['list 0', 'discard']);
    expect(machine.take(page('30')).told).toEqual(['commit', 'synced']);
    expect(machine.state.listRestarts).toBe(0);
  });

  it.each<[ApiErrorCode, string[]]>([
    ['API_UNREACHABLE', ['failing API_UNREACHABLE']],
    ['API_UNAUTHORIZED', ['renew', 'failing API_UNAUTHORIZED']],
    ['API_CREDENTIALS', ['renew', 'failing API_CREDENTIALS']],
    ['API_FORBIDDEN', ['absent API_FORBIDDEN']],
    ['API_NOT_FOUND', ['absent API_NOT_FOUND']],
    ['API_EXPIRED', ['failing API_EXPIRED']],
    ['API_BAD_RESPONSE', ['failing API_BAD_RESPONSE']],
    ['API_TOO_LARGE', ['failing API_TOO_LARGE']],
  ])('says at once what the first listing fails of: %s', (code, told) => {
    const machine = new Machine().take(fail(code));
    expect(machine.told).toEqual(told);
    expect(machine.next).toBe('wait 150 ms, then list 500');
    expect(machine.take(WAITED, fail(code)).told).toEqual(told.filter((one) => one === 'renew'));
  });

  it('is synced as soon as a list succeeds after failures', () => {
    const machine = new Machine().take(fail('API_UNREACHABLE'), WAITED, fail('API_FORBIDDEN'), WAITED, page('10'));
    expect(machine.told).toEqual(['commit', 'synced']);
    expect(machine.state.listFailures).toBe(0);
  });

  it('obeys Retry-After, and adds a little by chance', () => {
    expect(new Machine().take(fail('API_THROTTLED', { retryAfterMs: 7_000 })).next).toBe('wait 7350 ms, then list 500');
  });
});

describe('a reflector that watches', () => {
  it('asks the server to end the watch after some minutes, and allows silence a little longer', () => {
    const { action } = watching().state;
    const timeoutSeconds = WATCH_TIMEOUT_SECONDS * 1.125;
    expect(action).toEqual({
      kind: 'watch',
      resourceVersion: '10',
      since: '10',
      confirmed: false,
      timeoutSeconds,
      silenceMs: timeoutSeconds * 1000 + SILENCE_GRACE_MS,
    });
  });

  it('delivers events, and goes on from the last one when the server ends the watch', () => {
    const machine = watching().take(event('11'));
    expect(machine.told).toEqual(['deliver']);
    expect(machine.take(event('12'), { kind: 'ended', livedMs: 5_000 }).next).toBe('watch from 12');
  });

  it('delivers no bookmark, but goes on from it', () => {
    const machine = watching().take(event('500', 0, true));
    expect(machine.told).toEqual([]);
    expect(machine.take({ kind: 'ended', livedMs: 5_000 }).next).toBe('watch from 500');
  });

  it('drops events that are repeated or older than what is known', () => {
    const machine = watching();
    expect(machine.take(event('10')).told).toEqual([]);
    expect(machine.take(event('12')).told).toEqual(['deliver']);
    for (const old of ['12', '11', '10']) expect(machine.take(event(old)).told).toEqual([]);
    expect(machine.next).toBe('watch from 12');
  });

  it('delivers an event without a version, and goes on from the version before', () => {
    const machine = watching().take(event(undefined));
    expect(machine.told).toEqual(['deliver']);
    expect(machine.next).toBe('watch from 10');
  });

  it('lists at once when history is missing, and says nothing of it', () => {
    const machine = watching().take(fail('API_EXPIRED'));
    expect([machine.next, ...machine.told]).toEqual(['list 500']);
    expect(machine.take(page('90')).told).toEqual(['commit']);
    expect(machine.take(OPENED).told).toEqual([]);
  });

  it('lists with delays when history is missing again and again', () => {
    const machine = watching().take(fail('API_EXPIRED'), page('90'), fail('API_EXPIRED'));
    expect(machine.next).toBe('wait 300 ms, then list 500');
    expect(machine.told).toEqual(['failing API_EXPIRED']);
  });

  it('resumes after one broken connection without a word, and is failing after the second', () => {
    const machine = watching().take(event('11'), fail('API_UNREACHABLE'));
    expect([machine.next, ...machine.told]).toEqual(['wait 150 ms, then probe from 11']);
    expect(machine.take(WAITED, fail('API_UNREACHABLE')).told).toEqual(['failing API_UNREACHABLE']);
    expect(machine.take(WAITED, page('11'), OPENED).told).toEqual(['synced']);
  });

  it('counts failures anew after a sign of health', () => {
    for (const health of [
      [page('10'), event('11')],
      [page('10'), fail('API_UNREACHABLE', { livedMs: 60_000 }), WAITED],
    ]) {
      const machine = watching();
      for (let failure = 0; failure < 4; failure++) machine.take(fail('API_UNREACHABLE'), WAITED);
      machine.take(...health);
      expect(machine.take(fail('API_UNREACHABLE')).state.watchFailures).toBeLessThan(3);
    }
  });

  it('lists when watching has failed five times, since it may be that only watching does not work', () => {
    const machine = watching();
    for (let failure = 1; failure < 5; failure++) {
      expect(machine.take(fail('API_ERROR')).next).toContain('probe from 10');
      machine.take(WAITED);
    }
    expect(machine.take(fail('API_ERROR')).next).toBe('wait 2400 ms, then list 500');
  });

  it('is not synced by such a list, only by a watch that the server accepts', () => {
    const machine = watching().take(fail('API_FORBIDDEN'));
    expect(machine.told).toEqual(['absent API_FORBIDDEN']);
    machine.take(
      WAITED,
      fail('API_FORBIDDEN'),
      WAITED,
      fail('API_FORBIDDEN'),
      WAITED,
      fail('API_FORBIDDEN'),
      WAITED,
      fail('API_FORBIDDEN'),
      WAITED,
    );
    expect(machine.take(page('90')).told).toEqual(['commit']);
    expect(machine.state.told).toBe('absent');
    expect(machine.take(OPENED).told).toEqual(['synced']);
  });

  it('lists after silence, when nobody knows what the last version is worth', () => {
    expect(watching().take(fail('API_SILENT', { livedMs: 600_000 })).next).toBe('wait 150 ms, then list 500');
  });

  it('renews the credentials when they are refused', () => {
    expect(watching().take(fail('API_UNAUTHORIZED')).told).toEqual(['renew']);
  });

  it('takes a watch that ends at once for a failure', () => {
    const machine = watching().take({ kind: 'ended', livedMs: 20 });
    expect(machine.next).toBe('wait 150 ms, then probe from 10');
    expect(machine.take(WAITED, page('10'), { kind: 'ended', livedMs: 20 }).told).toEqual(['failing API_BAD_RESPONSE']);
  });

  it('allows less silence once bookmarks come regularly, and only for this watch', () => {
    const machine = watching().take(event('11', 1_000, true));
    expect(silence(machine)).toBeGreaterThan(BOOKMARKED_SILENCE_MS);
    expect(silence(machine.take(event('12', 61_000, true)))).toBe(BOOKMARKED_SILENCE_MS);
    machine.take(event('13', 62_000), { kind: 'ended', livedMs: 62_000 }, OPENED);
    expect(silence(machine)).toBeGreaterThan(BOOKMARKED_SILENCE_MS);
    expect(silence(machine.take(event('14', 100_000, true)))).toBeGreaterThan(BOOKMARKED_SILENCE_MS);
    expect(silence(machine.take(event('15', 800_000, true)))).toBeGreaterThan(BOOKMARKED_SILENCE_MS);
  });

  it('never comes to an end, whatever happens', () => {
    const inputs: ReflectorInput[] = [page('1'), page('2', 'x'), OPENED, event('3'), WAITED, { kind: 'ended', livedMs: 0 }];
    const codes: ApiErrorCode[] = [
      'API_UNREACHABLE',
      'API_EXPIRED',
      'API_SILENT',
      'API_FORBIDDEN',
      'API_TOO_LARGE',
      'API_THROTTLED',
    ];
    inputs.push(...codes.map((code) => fail(code)));
    const machine = new Machine();
    const seen = new Set<string>();
    for (let round = 0; round < 5_000; round++) {
      machine.take(inputs[(round * 7919) % inputs.length] as ReflectorInput);
      seen.add(machine.state.action.kind);
    }
    expect([...seen].toSorted()).toEqual(['list', 'probe', 'wait', 'watch']);
    // Still alive: it lists and watches as soon as it is let.
    machine.take(WAITED, OPENED, fail('API_SILENT'), WAITED, page('1000000'), OPENED);
    expect(machine.next).toBe('watch from 1000000');
  });
});

describe('a reflector whose server has been put back to an earlier state', () => {
  it('asks for the version of the server after a failure, and lists where that is older', () => {
    const machine = watching().take(fail('API_UNREACHABLE'), WAITED);
    expect(machine.next).toBe('probe from 10');
    expect(machine.take(page('9')).next).toBe('list 500');
    expect(machine.take(page('9')).next).toBe('watch from 9');
  });

  it.each(['10', '11', 'opaque'])('watches on where the server is at version %s', (current) => {
    const machine = watching().take(fail('API_UNREACHABLE'), WAITED, page(current));
    expect([machine.next, ...machine.told]).toEqual(['watch from 10']);
  });

  it('takes a failed question for a failed watch', () => {
    const machine = watching().take(fail('API_UNREACHABLE'), WAITED, fail('API_UNREACHABLE'));
    expect([machine.next, ...machine.told]).toEqual(['wait 300 ms, then probe from 10', 'failing API_UNREACHABLE']);
  });

  it('lists when it hears of a version before the one from which it watches, and with delays when that goes on', () => {
    for (const bookmark of [true, false]) {
      const machine = watching().take(event('15'), event('9', 0, bookmark));
      expect([machine.next, ...machine.told]).toEqual(['list 500']);
      expect(machine.take(page('9'), OPENED, event('8', 0, bookmark)).next).toBe('wait 300 ms, then list 500');
    }
  });

  it('lists after a long watch in which the server has shown nothing of having reached its version', () => {
    expect(watching().take({ kind: 'ended', livedMs: 240_000 }).next).toBe('list 500');
    // One that was cut short is no reason to read everything.
    expect(watching().take({ kind: 'ended', livedMs: 5_000 }).next).toBe('probe from 10');
    for (const sign of [event('11'), event('10', 0, true)]) {
      expect(watching().take(sign, { kind: 'ended', livedMs: 240_000 }).next).toMatch(/^watch from 1/);
    }
  });
});

describe('resource versions', () => {
  it.each([
    ['10', '9', true],
    ['9', '10', false],
    ['10', '10', false],
    ['18446744073709551616', '18446744073709551615', true],
    ['abc', '10', true],
    ['', '10', true],
  ])('%j is newer than %j: %s', (one, other, expected) => {
    expect(isNewer(one, other)).toBe(expected);
  });
});

function silence({ state: { action } }: Machine): number {
  return action.kind === 'watch' ? action.silenceMs : Number.NaN;
}
