import { describe, expect, it } from '@jest/globals';
import { nameOf } from '@kubezone/core';

import { type FallthroughOptions, fallsThrough, resolveFallthrough } from './fallthrough-options.ts';

const SERVER = { address: '192.0.2.1', port: 53 };

describe('the options of fallthrough', () => {
  it('have defaults', () => {
    const given = { zones: 'all', servers: [SERVER] } as const;
    expect(resolveFallthrough(given)).toEqual({ ...given, timeoutMs: 2000, maxWaiting: 1000 });
  });

  it.each<[Partial<FallthroughOptions>, string]>([
    [{ servers: [] }, 'fallthrough.servers has 0 entries; 1 to 8 are expected'],
    [{ servers: Array.from({ length: 9 }, () => SERVER) }, 'fallthrough.servers has 9 entries; 1 to 8 are expected'],
    [
      { servers: [{ address: 'dns.example', port: 53 }] },
      'fallthrough.servers[0].address is dns.example; an IP address is expected',
    ],
    [
      { servers: [SERVER, { ...SERVER, port: 0 }] },
      'fallthrough.servers[1].port is 0; a whole number from 1 to 65535 is expected',
    ],
    [{ timeoutMs: 9 }, 'fallthrough.timeoutMs is 9; a whole number from 10 to 60000 is expected'],
    [{ timeoutMs: 1000.5 }, 'fallthrough.timeoutMs is 1000.5; a whole number from 10 to 60000 is expected'],
    [{ maxWaiting: 0 }, 'fallthrough.maxWaiting is 0; a whole number from 1 to 60000 is expected'],
  ])('%j are refused', (changes, message) => {
    const options: FallthroughOptions = { zones: 'all', servers: [SERVER], ...changes };
    expect(() => resolveFallthrough(options)).toThrow(new RangeError(message));
  });

  it('name zones by their apexes, or all', () => {
    const [apex, below] = [nameOf('example.com'), nameOf('sub.example.com')];
    expect(fallsThrough('all', below)).toBe(true);
    expect(fallsThrough(new Set([apex]), apex)).toBe(true);
    expect(fallsThrough(new Set([apex]), below)).toBe(false);
  });
});
