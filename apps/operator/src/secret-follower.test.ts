import { describe, expect, it } from '@jest/globals';

import { type ConfigMistake, StartError } from '@kubezone/app';
import { fakeClock, recordLog } from '@kubezone/app/testing';

import { SECRET_LOOK_MS, SecretFollower } from './secret-follower.ts';
import { FakeWriter, turns } from './testing/fake-writer.ts';

const PLACE = { name: 'ares-secret', key: 'ares.yaml', namespace: 'default' };
const PATH = '/api/v1/namespaces/default/secrets/ares-secret';
const MISTAKE: ConfigMistake = { code: 'BAD_VALUE', at: 'secret:x:1:1', expected: 'expected something else' };

function secretOf(text: string): Readonly<Record<string, unknown>> {
  return { data: { 'ares.yaml': Buffer.from(text).toString('base64') } };
}

/** Texts that begin with `bad` are mistakes, those with `taken` cannot be put in force. */
function follow(writer: FakeWriter) {
  const [clock, logger, used, tried] = [fakeClock(), recordLog(), [] as string[], [] as string[]];
  const follower = new SecretFollower<string>({
    place: PLACE,
    writer,
    load: (text) => (text.startsWith('bad') ? { kind: 'mistakes', mistakes: [MISTAKE] } : { kind: 'config', config: text }),
    use: (config) => {
      tried.push(config);
      if (config.startsWith('taken')) return Promise.reject(new StartError(1, ['the port is taken']));
      used.push(config);
      return Promise.resolve();
    },
    clock,
    logger,
  });
  const pass = async (): Promise<void> => {
    clock.advance(SECRET_LOOK_MS);
    await turns(50);
  };
  return { follower, logger, used, tried, pass };
}

describe('a Secret with the configuration', () => {
  it('is put in force, and so is each new version of it', async () => {
    const writer = new FakeWriter();
    writer.objects.set(PATH, secretOf('one'));
    const { follower, used, pass } = follow(writer);
    await follower.start();
    await pass();
    writer.objects.set(PATH, secretOf('two'));
    await pass();
    await pass();
    expect(used).toEqual(['one', 'two']);
    expect(follower.status()).toEqual({ problem: undefined, counts: { taken: 1, failed: 0 } });
    await follower.stop();
  });

  it.each<[string, (writer: FakeWriter) => unknown, RegExp]>([
    ['wrong', (writer) => writer.objects.set(PATH, secretOf('bad')), /expected something else/],
    ['gone', (writer) => writer.objects.delete(PATH), /there is no such Secret/],
    ['without the key', (writer) => writer.objects.set(PATH, { data: {} }), /no key ares\.yaml/],
    ['not text', (writer) => writer.objects.set(PATH, { data: { 'ares.yaml': '/w==' } }), /not UTF-8/],
    ['not to be put in force', (writer) => writer.objects.set(PATH, secretOf('taken')), /the port is taken/],
    ['forbidden', (writer) => (writer.trouble = 403), /answers 403/],
    ['behind a server that is away', (writer) => (writer.trouble = new Error('connection refused')), /connection refused/],
  ])('stays in force as it was where its new version is %s; that is told once', async (_, change, problem) => {
    const writer = new FakeWriter();
    writer.objects.set(PATH, secretOf('one'));
    const { follower, logger, used, pass } = follow(writer);
    await follower.start();
    change(writer);
    await pass();
    await pass();
    expect(used).toEqual(['one']);
    expect(follower.status().problem).toMatch(problem);
    expect(follower.status().counts.failed).toBe(1);
    expect(logger.take()).toEqual(['error: the configuration has changed, and the one before stays in force']);
    writer.trouble = undefined;
    writer.objects.set(PATH, secretOf('two'));
    await pass();
    expect(used).toEqual(['one', 'two']);
    expect(follower.status().problem).toBeUndefined();
    await follower.stop();
  });

  it('is tried again less and less often where it cannot be put in force, since what runs is ended each time', async () => {
    const writer = new FakeWriter();
    writer.objects.set(PATH, secretOf('one'));
    const { follower, tried, used, logger, pass } = follow(writer);
    await follower.start();
    writer.objects.set(PATH, secretOf('taken'));
    for (let looks = 0; looks < 360; looks++) await pass();
    // Within an hour: after 20 s, 40 s, 80 s, 160 s, 320 s, and then every ten minutes.
    expect(tried.filter((text) => text === 'taken')).toHaveLength(10);
    expect(logger.take()).toHaveLength(1);
    writer.objects.set(PATH, secretOf('one'));
    await pass();
    expect(follower.status().problem).toBeUndefined();
    writer.objects.set(PATH, secretOf('two'));
    await pass();
    expect(used).toEqual(['one', 'two']);
    await follower.stop();
  });

  it('has to be there at the start', async () => {
    const { follower } = follow(new FakeWriter());
    await expect(follower.start()).rejects.toThrow('secret:default/ares-secret/ares.yaml: there is no such Secret [UNREADABLE]');
  });
});
