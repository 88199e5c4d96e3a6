import { describe, expect, it } from '@jest/globals';

import { fakeClock, recordLog } from '@kubezone/app/testing';
import { leasePath } from '@kubezone/controller';
import { nameOf, type OwnerName } from '@kubezone/core';

import { changeConfirmations, CONFIRM_ANNOTATION, HISTORY_ANNOTATION, LeaseNotes, scanConfirmations } from './lease-notes.ts';
import { FakeWriter, turns } from './testing/fake-writer.ts';

const PLACE = { namespace: 'dns', name: 'kubezone-operator' };
const PATH = leasePath(PLACE);
const SHA = 'ab'.repeat(32);
const WINDOW_MS = 600_000;

function notesOn(
  writer: FakeWriter,
  onConfirm: (zone: OwnerName | undefined, sha256: string) => readonly OwnerName[] = () => [],
  isSettled: () => boolean = () => true,
) {
  const [clock, logger] = [fakeClock(0), recordLog()];
  const options = { writer, place: PLACE, onConfirm, isSettled, windowMs: WINDOW_MS, clock, logger };
  return { clock, logger, notes: new LeaseNotes(options) };
}

describe('confirmations', () => {
  it.each([
    [SHA, [{ zone: undefined, sha256: SHA }]],
    [`example.com=${SHA.toUpperCase()}`, [{ zone: 'example.com.', sha256: SHA }]],
    [
      `a.test=${SHA}, ${SHA}`,
      [
        { zone: 'a.test.', sha256: SHA },
        { zone: undefined, sha256: SHA },
      ],
    ],
    ['a.test=abc', []],
    [`a b..=${SHA}`, []],
    ['', []],
  ])('%j', (text, expected) => {
    expect(scanConfirmations(text)).toEqual(expected);
  });
});

describe('notes at a Lease', () => {
  it('keep what was deleted for the next who writes', async () => {
    const writer = new FakeWriter();
    writer.objects.set(PATH, { metadata: { annotations: { other: 'stays' } } });
    const { notes } = notesOn(writer);
    await notes.save(new Map([['zone', { changed: [{ at: 20_000, count: 3 }], holding: true }]]));
    expect(writer.annotations(PATH)).toMatchObject({ other: 'stays' });
    const next = notesOn(writer).notes;
    await next.read(new AbortController().signal);
    expect(next.historyOf('zone')).toEqual({ changed: [{ at: 20_000, count: 3 }], holding: true });
    expect(next.historyOf('another')).toBeUndefined();
  });

  it('keep what they say of a zone whose provider has not been reached since', async () => {
    const writer = new FakeWriter();
    writer.objects.set(PATH, { metadata: {} });
    const held = { changed: [{ at: 20_000, count: 3 }], holding: true };
    await notesOn(writer).notes.save(new Map([['away', held]]));
    const { notes } = notesOn(writer);
    await notes.read(new AbortController().signal);
    await notes.save(new Map([['here', { changed: [], holding: true }]]));
    const next = notesOn(writer).notes;
    await next.read(new AbortController().signal);
    expect(next.historyOf('away')).toEqual(held);
    await next.save(new Map([['away', { changed: [], holding: false }]]));
    expect(writer.annotations(PATH)[HISTORY_ANNOTATION]).not.toContain('away');
  });

  it('forget what counts no more, of zones that are gone too', async () => {
    const writer = new FakeWriter();
    writer.objects.set(PATH, { metadata: {} });
    const first = notesOn(writer);
    await first.notes.save(new Map([['gone', { changed: [{ at: 0, count: 3 }], holding: false }]]));
    const { notes, clock } = notesOn(writer);
    await notes.read(new AbortController().signal);
    clock.advance(WINDOW_MS - 1);
    await notes.save(new Map());
    expect(writer.annotations(PATH)[HISTORY_ANNOTATION]).toBe('{"gone":{"changed":[[0,3]]}}');
    clock.advance(1);
    await notes.save(new Map([['here', { changed: [{ at: WINDOW_MS, count: 1 }], holding: false }]]));
    expect(writer.annotations(PATH)[HISTORY_ANNOTATION]).toBe('{"here":{"changed":[[600000,1]]}}');
  });

  it('say that they cannot be kept: nothing may be deleted then', async () => {
    const writer = new FakeWriter();
    const { notes } = notesOn(writer);
    await expect(notes.save(new Map())).rejects.toThrow('404');
  });

  it('are read until that works, or the term is over', async () => {
    const writer = new FakeWriter();
    writer.trouble = new Error('away');
    const { notes, clock } = notesOn(writer);
    let isRead = false;
    void notes.read(new AbortController().signal).then(() => (isRead = true));
    await turns();
    expect(isRead).toBe(false);
    writer.trouble = undefined;
    writer.objects.set(PATH, { metadata: { annotations: { [HISTORY_ANNOTATION]: 'edited by somebody' } } });
    clock.advance(5_000);
    await turns();
    expect(isRead).toBe(true);
    // What cannot be read holds deletes.
    expect(notes.historyOf('zone')).toEqual({ changed: [], holding: true });
  });

  it('bring confirmations to whoever writes, once', async () => {
    const writer = new FakeWriter();
    writer.objects.set(PATH, { metadata: {} });
    const seen: unknown[] = [];
    const { notes, clock, logger } = notesOn(writer, (zone, sha256) => {
      seen.push([zone, sha256]);
      return sha256 === SHA ? [nameOf('example.com')] : [];
    });
    const term = new AbortController();
    const following = notes.follow(term.signal);
    await turns();
    writer.objects.set(PATH, {
      metadata: { annotations: { [CONFIRM_ANNOTATION]: `example.com=${SHA},${'0'.repeat(64)}`, other: 'x' } },
    });
    for (let look = 0; look < 3; look++) {
      clock.advance(5_000);
      await turns();
    }
    expect(seen).toEqual([
      ['example.com.', SHA],
      [undefined, '0'.repeat(64)],
    ]);
    expect(writer.annotations(PATH)).toEqual({ other: 'x' });
    expect(logger.take()).toEqual([
      'info: held changes are confirmed',
      'warn: a confirmation fits nothing that is held: look at the plan again',
    ]);
    term.abort();
    await following;
  });

  it('lose no confirmation that comes while another is handed on', async () => {
    const writer = new FakeWriter();
    const later = `b.test.=${'1'.repeat(64)}`;
    const put = (text: string, resourceVersion: string): void =>
      void writer.objects.set(PATH, { metadata: { resourceVersion, annotations: { [CONFIRM_ANNOTATION]: text } } });
    put(`a.test.=${SHA}`, '7');
    const seen: string[] = [];
    const { notes, clock } = notesOn(writer, (zone) => {
      seen.push(String(zone));
      if (seen.length === 1) put(`a.test.=${SHA},${later}`, '8');
      return zone === undefined ? [] : [zone];
    });
    const term = new AbortController();
    const following = notes.follow(term.signal);
    await turns(40);
    expect(writer.annotations(PATH)[CONFIRM_ANNOTATION]).toBe(later);
    clock.advance(5_000);
    await turns(40);
    expect(seen).toEqual(['a.test.', 'b.test.']);
    expect(writer.annotations(PATH)).toEqual({});
    term.abort();
    await following;
  });

  it('are changed by what stands there, also where others change the Lease meanwhile', async () => {
    const writer = new FakeWriter();
    writer.objects.set(PATH, { metadata: { resourceVersion: '1', annotations: { [CONFIRM_ANNOTATION]: SHA } } });
    let renewals = 3;
    const renewing = {
      send: async (request: Parameters<FakeWriter['send']>[0]) => {
        const answer = await writer.send(request);
        if (request.method === 'GET' && renewals-- > 0)
          writer.objects.set(PATH, {
            metadata: { annotations: writer.annotations(PATH), resourceVersion: `renewed ${renewals}` },
          });
        return answer;
      },
    };
    const { signal } = new AbortController();
    expect(await changeConfirmations(renewing, PLACE, (text) => `${text},more`, signal)).toBe(200);
    expect(writer.annotations(PATH)[CONFIRM_ANNOTATION]).toBe(`${SHA},more`);
    renewals = 100;
    expect(await changeConfirmations(renewing, PLACE, () => 'other', signal)).toBe(409);
    writer.objects.clear();
    expect(await changeConfirmations(renewing, PLACE, () => 'other', signal)).toBe(404);
  });

  it('leave a confirmation for later that fits nothing, as long as not everything is planned', async () => {
    const writer = new FakeWriter();
    writer.objects.set(PATH, { metadata: { annotations: { [CONFIRM_ANNOTATION]: `${SHA}, ${'0'.repeat(64)}` } } });
    const seen: string[] = [];
    const held = new Set<string>();
    let settled = false;
    const onConfirm = (_zone: OwnerName | undefined, sha256: string): OwnerName[] => {
      seen.push(sha256.slice(0, 2));
      return held.delete(sha256) ? [nameOf('example.com')] : [];
    };
    const { notes, clock, logger } = notesOn(writer, onConfirm, () => settled);
    const term = new AbortController();
    const following = notes.follow(term.signal);
    const look = async (): Promise<string | undefined> => {
      clock.advance(5_000);
      await turns();
      return writer.annotations(PATH)[CONFIRM_ANNOTATION];
    };
    await turns();
    expect(await look()).toBe(`${SHA}, ${'0'.repeat(64)}`);
    expect(writer.requests.every(({ method }) => method === 'GET')).toBe(true);
    held.add(SHA);
    expect(await look()).toBe('0'.repeat(64));
    settled = true;
    expect(await look()).toBeUndefined();
    expect(seen).toEqual(['ab', '00', 'ab', '00', 'ab', '00', '00']);
    expect(logger.take()).toEqual([
      'info: a confirmation waits until everything is planned',
      'info: held changes are confirmed',
      'warn: a confirmation fits nothing that is held: look at the plan again',
    ]);
    term.abort();
    await following;
  });

  it('say that an annotation holds no confirmation', async () => {
    const writer = new FakeWriter();
    writer.objects.set(PATH, { metadata: { annotations: { [CONFIRM_ANNOTATION]: 'yes' } } });
    const { notes, logger } = notesOn(writer);
    const term = new AbortController();
    const following = notes.follow(term.signal);
    await turns();
    expect(logger.take()).toEqual(['warn: the annotation kubezone.io/confirm holds no confirmation: expected ZONE=SHA']);
    expect(writer.annotations(PATH)).toEqual({});
    term.abort();
    await following;
  });
});
