import { describe, expect, it } from '@jest/globals';
import { printMistake } from '@kubezone/app';
import { isFailure } from '@kubezone/core';
import { type IpPrefix, PRIVATE_PREFIXES, scanIpPrefix } from '@kubezone/dns-server';

import { loadConfig, type LoadedConfig } from './load-config.ts';
import type { ResolverConfig } from './resolver-config.ts';

/** Loads flags, and a configuration file where there is one. */
function load(flags: string, file?: string): LoadedConfig {
  const words = `${file === undefined ? '' : '--config kubezone.yaml '}${flags} --zone-file a.test=a.zone`;
  return loadConfig(
    words.split(' ').filter((word) => word !== ''),
    {
      folder: '/home/me',
      version: '',
      environment: () => undefined,
      readFile: () => file ?? '',
      problem: () => undefined,
    },
  );
}

function limitsOf(flags: string, file?: string): ResolverConfig['rateLimits'] {
  const loaded = load(flags, file);
  if (loaded.kind !== 'config') throw new Error(mistakesOf(loaded).join('\n'));
  return loaded.config.rateLimits;
}

function mistakesOf(loaded: LoadedConfig): string[] {
  return loaded.kind === 'mistakes' ? loaded.mistakes.map(printMistake) : [];
}

function prefix(text: string): IpPrefix {
  const scanned = scanIpPrefix(text);
  if (isFailure(scanned)) throw new Error(scanned.message);
  return scanned;
}

const DEFAULTS: ResolverConfig['rateLimits'] = {
  responsesPerSecond: 0,
  nxdomainsPerSecond: 0,
  errorsPerSecond: 0,
  queriesPerSecond: 0,
  burstSeconds: 1,
  windowSeconds: 15,
  slip: 1,
  ipv4PrefixLength: 24,
  ipv6PrefixLength: 56,
  exempt: PRIVATE_PREFIXES,
  mode: 'limit',
};

describe('rate limits', () => {
  it('are none by default', () => {
    expect(limitsOf('')).toEqual(DEFAULTS);
    expect(limitsOf('', 'rateLimit: {}')).toEqual(DEFAULTS);
  });

  it('follow the limit of responses where nothing else is said', () => {
    const limits = { responsesPerSecond: 100, nxdomainsPerSecond: 100, errorsPerSecond: 100 };
    expect(limitsOf('--rate-limit 100')).toEqual({ ...DEFAULTS, ...limits });
    expect(limitsOf('', 'rateLimit: {responsesPerSecond: 100, errorsPerSecond: 5}')).toEqual({
      ...DEFAULTS,
      ...limits,
      errorsPerSecond: 5,
    });
  });

  it('can be given by flags, which win over the file key by key', () => {
    const file =
      'rateLimit: {responsesPerSecond: 1, nxdomainsPerSecond: 2, errorsPerSecond: 3, queriesPerSecond: 4, burst: 5, window: 0, slip: 2, ' +
      'ipv4Prefix: 32, ipv6Prefix: 64, exempt: [192.0.2.0/24, "2001:db8::53", private], mode: log}';
    const expected: ResolverConfig['rateLimits'] = {
      responsesPerSecond: 1,
      nxdomainsPerSecond: 2,
      errorsPerSecond: 3,
      queriesPerSecond: 4,
      burstSeconds: 5,
      windowSeconds: 0,
      slip: 2,
      ipv4PrefixLength: 32,
      ipv6PrefixLength: 64,
      exempt: [prefix('192.0.2.0/24'), prefix('2001:db8::53'), ...PRIVATE_PREFIXES],
      mode: 'log',
    };
    expect(limitsOf('', file)).toEqual(expected);
    const flags =
      '--rate-limit 10 --query-limit=40 --rate-limit-mode limit --rate-limit-exempt 10.0.0.0/8 --rate-limit-exempt ::1';
    expect(limitsOf(flags, file)).toEqual({
      ...expected,
      responsesPerSecond: 10,
      queriesPerSecond: 40,
      exempt: [prefix('10.0.0.0/8'), prefix('::1')],
      mode: 'limit',
    });
    expect(limitsOf('--rate-limit 0', file).responsesPerSecond).toBe(0);
  });

  it('can be for everybody', () => {
    expect(limitsOf('', 'rateLimit: {responsesPerSecond: 1, exempt: []}').exempt).toEqual([]);
  });

  it.each([
    ['--rate-limit many', '--rate-limit: found "many"; expected a whole number from 0 to 100000 [BAD_VALUE]'],
    ['--rate-limit 100001', '--rate-limit: found "100001"; expected a whole number from 0 to 100000 [BAD_VALUE]'],
    ['--query-limit -1', '--query-limit: found "-1"; expected a whole number from 0 to 100000 [BAD_VALUE]'],
    ['--rate-limit 1 --rate-limit-mode dry', '--rate-limit-mode: found "dry"; expected one of limit, log [BAD_VALUE]'],
    [
      '--rate-limit 1 --rate-limit-exempt 192.0.2.1/24',
      '--rate-limit-exempt: found "192.0.2.1/24"; expected private, or an IP address or prefix, such as 192.0.2.0/24 or 2001:db8::1 ("192.0.2.1/24" has bits set beyond the prefix; write 192.0.2.0/24) [BAD_VALUE]',
    ],
    [
      '--rate-limit-exempt private',
      '--rate-limit-exempt: found a list of 1; expected one of responsesPerSecond, nxdomainsPerSecond, errorsPerSecond, queriesPerSecond with it: without them nothing is limited [MISSING]',
    ],
  ])('refuse %s', (flags, mistake) => {
    expect(mistakesOf(load(flags))).toEqual([mistake]);
  });

  it.each([
    ['rateLimit: 5', 'kubezone.yaml:1:1: rateLimit: found 5; expected a map of: responsesPerSecond,'],
    ['rateLimit: {respsPerSecond: 5}', 'kubezone.yaml:1:13: rateLimit.respsPerSecond: there is no such key;'],
    ['rateLimit: {slip: 11}', 'kubezone.yaml:1:13: rateLimit.slip: found 11; expected a whole number from 0 to 10 [BAD_VALUE]'],
    ['rateLimit: {window: 4000}', 'found 4000; expected a whole number of seconds from 0 to 3600 [BAD_VALUE]'],
    ['rateLimit: {exempt: private}', 'found "private"; expected a list of private, addresses and prefixes [BAD_VALUE]'],
    ['rateLimit: {exempt: [10.0.0.0/8, nobody]}', 'rateLimit.exempt[1]: found "nobody"; expected private, or an IP address'],
    ['rateLimit: {slip: 2}', 'rateLimit.slip: found 2; expected one of responsesPerSecond,'],
  ])('refuse %s', (file, mistake) => {
    expect(mistakesOf(load('', file))).toEqual([expect.stringContaining(mistake)]);
  });
});
