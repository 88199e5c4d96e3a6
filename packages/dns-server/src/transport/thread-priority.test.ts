import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from '@jest/globals';

import { favourThreads } from './thread-priority.ts';

const FAVOUR = fileURLToPath(new URL('./testing/favour-threads.ts', import.meta.url));

interface Favoured {
  readonly before: number;
  readonly moved: readonly number[];
  readonly after: { readonly favoured: number; readonly other: number };
}

describe('the priority of threads', () => {
  it('stays as it is for the favoured, and is lower for all others', () => {
    // Elsewhere threads have none of their own.
    if (process.platform !== 'linux') return;
    const printed = execFileSync(process.execPath, ['--conditions=@kubezone/source', FAVOUR], { encoding: 'utf8' });
    const { before, moved, after } = JSON.parse(printed) as Favoured;
    expect(after).toEqual({ favoured: before, other: Math.min(19, before + 5) });
    expect(moved[0]).toBeGreaterThan(0);
    // What has been moved is not moved any further.
    expect(moved[1]).toBe(0);
  });

  it('is left alone where no thread is known', () => {
    expect(favourThreads([])).toBe(0);
  });
});
