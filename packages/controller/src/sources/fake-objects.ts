import type { FakeObject } from './fake.ts';

/** What is faked, by Mate's three modes. */
export type FakeMode =
  /** Every name has an address of 198.18.0.0/15, which is for benchmarks (RFC 2544). */
  | { readonly kind: 'ip'; readonly domain: string }
  /** Every name leads to another one, in `targetDomain`. */
  | { readonly kind: 'hostname'; readonly domain: string; readonly targetDomain: string }
  /** One name that never changes. */
  | { readonly kind: 'fixed'; readonly host: string; readonly target: string };

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

/**
 * One fake object. The same numbers give the same object.
 *
 * @param index from 0: no two have one name
 * @param version from 0: each has the same name, and another target
 */
export function fakeObject(mode: FakeMode, seed: number, index: number, version: number): FakeObject {
  const base = { namespace: '', name: String(index), createdAt: 0, deleting: false };
  if (mode.kind === 'fixed') return { ...base, host: mode.host, target: mode.target };
  const random = mix(seed, index, version);
  // Letters from the seed first, so that names do not come in the order of their numbers.
  const host = `${lettersOf(mix(seed, index, 0))}${index.toString(36)}.${mode.domain}`;
  const target = mode.kind === 'hostname' ? `${lettersOf(random)}.${mode.targetDomain}` : addressOf(random);
  return { ...base, host, target };
}

function lettersOf(random: number): string {
  let text = '';
  for (let rest = random; text.length < 4; rest = Math.floor(rest / LETTERS.length)) text += LETTERS[rest % LETTERS.length] ?? '';
  return text;
}

function addressOf(random: number): string {
  return `198.${18 + (random & 1)}.${(random >>> 1) & 0xff}.${(random >>> 9) & 0xff}`;
}

/** A number of 32 bits in which each bit of three others has a say: two rounds of multiplying and folding for each of them. */
export function mix(...numbers: readonly number[]): number {
  let state = 0x9e_37_79_b9;
  for (const number of numbers) {
    state = Math.imul(state ^ number, 0x85_eb_ca_6b);
    state = Math.imul(state ^ (state >>> 15), 0xc2_b2_ae_35);
    state ^= state >>> 13;
  }
  return state >>> 0;
}
