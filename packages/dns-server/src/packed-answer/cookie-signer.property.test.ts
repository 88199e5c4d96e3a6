import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { composeCookie, replyToCookie } from '../cookies/server-cookie.ts';
import { COOKIE, CookieSigner } from './cookie-signer.ts';

const NOW = 0xffff_ff00;
const secret = fc.uint8Array({ minLength: 16, maxLength: 16 });
const address = fc.oneof(
  fc.uint8Array({ minLength: 4, maxLength: 4 }),
  fc.uint8Array({ minLength: 16, maxLength: 16 }).map((octets) => octets.with(0, 0x20)),
);

/** Cookies of every kind: a client's alone, ours and fresh, old, too old, from the future, of another secret, of another client, and nonsense. */
const option = (secrets: readonly Uint8Array[], client: Uint8Array): fc.Arbitrary<Uint8Array> =>
  fc.oneof(
    fc.uint8Array({ minLength: 8, maxLength: 8 }),
    fc.uint8Array({ minLength: 16, maxLength: 40 }),
    fc
      .tuple(
        fc.uint8Array({ minLength: 8, maxLength: 8 }),
        fc.integer({ min: -600, max: 5000 }),
        fc.constantFrom(...secrets),
        fc.nat(30),
      )
      .map(([cookie, age, key, place]) => {
        const made = composeCookie(cookie, client, (NOW - age) >>> 0, key);
        // One in a few is tampered with.
        return place < 24 ? made : made.with(place - 24, (made[place - 24] as number) ^ 1);
      }),
  );

describe('the cookie signer', () => {
  it('gives every cookie the reply that replyToCookie gives', () => {
    const inputs = fc
      .tuple(fc.array(secret, { minLength: 2, maxLength: 4 }), address)
      .chain(([secrets, client]) => fc.tuple(fc.constant(secrets), fc.constant(client), option(secrets, client)));
    fc.assert(
      fc.property(inputs, fc.boolean(), ([all, client, data], knowsLast) => {
        const [first, ...others] = knowsLast ? all : all.slice(0, -1);
        const secrets: [Uint8Array, ...Uint8Array[]] = [first as Uint8Array, ...others];
        const expected = replyToCookie(data, client, NOW, secrets);
        const query = Uint8Array.of(9, 9, 9, ...data, 9);
        const out = new Uint8Array(30);
        const worth = new CookieSigner(secrets).reply(query, 3, data.length, client, NOW, out, 2);
        expect(Buffer.from(out.subarray(2, 26)).toString('hex')).toBe(Buffer.from(expected.option).toString('hex'));
        expect(worth).toBe(expected.offered ? (expected.valid ? COOKIE.VALID : COOKIE.INVALID) : COOKIE.NONE);
      }),
      { numRuns: 500 },
    );
  });

  it('takes an IPv6 address that stands for an IPv4 address as that', () => {
    const signer = new CookieSigner([new Uint8Array(16).fill(7)]);
    const cookie = new Uint8Array(8).fill(1);
    const [plain, mapped] = [new Uint8Array(24), new Uint8Array(24)];
    signer.reply(cookie, 0, 8, Uint8Array.of(192, 0, 2, 1), NOW, plain, 0);
    signer.reply(cookie, 0, 8, Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 192, 0, 2, 1), NOW, mapped, 0);
    expect(mapped).toEqual(plain);
  });
});
