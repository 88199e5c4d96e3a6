import { describe, expect, it } from '@jest/globals';

import { composeCookie, isWellFormedCookie, replyToCookie } from './server-cookie.ts';

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));
const toHex = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');

// RFC 9018, appendix A.
const SECRET = hex('e5e973e5a6b2a43f48e7dc849e37bfcf');
const OLD_SECRET = hex('dd3bdf9344b678b185a6f5cb60fca715');
const NEW_SECRET = hex('445536bcd2513298075a5d379663c962');
const CLIENT_1 = Uint8Array.of(198, 51, 100, 100);
const CLIENT_2 = Uint8Array.of(203, 0, 113, 203);
const CLIENT_6 = hex('20010db80220000159ded0f4876982b8');

describe('replyToCookie, by the examples of RFC 9018, appendix A', () => {
  it('A.1: gives a client that has none a server cookie', () => {
    const reply = replyToCookie(hex('2464c4abcf10c957'), CLIENT_1, 1559731985, [SECRET]);
    expect(reply.valid).toBe(false);
    expect(toHex(reply.option)).toBe('2464c4abcf10c957010000005cf79f111f8130c3eee29480');
  });

  it('A.2: renews a cookie that is 40 minutes old', () => {
    const reply = replyToCookie(hex('2464c4abcf10c957010000005cf79f111f8130c3eee29480'), CLIENT_1, 1559734385, [SECRET]);
    expect(reply.valid).toBe(true);
    expect(toHex(reply.option)).toBe('2464c4abcf10c957010000005cf7a871d4a564a1442aca77');
  });

  it('A.3: hashes reserved octets as they came, and sends them as zeros', () => {
    const cookie = hex('fc93fc62807ddb8601abcdef5cf78f71a314227b6679ebf5');
    expect(replyToCookie(cookie, CLIENT_2, 1559727985 + 60, [SECRET]).valid).toBe(true);
    // The example's reply comes 1 h 52 min after the cookie was made: beyond the hour that section 4.3 sets.
    const reply = replyToCookie(cookie, CLIENT_2, 1559734700, [SECRET]);
    expect(reply.valid).toBe(false);
    expect(toHex(reply.option)).toBe('fc93fc62807ddb86010000005cf7a9acf73a7810aca2381e');
  });

  it('A.4: takes a cookie of the old secret over IPv6, and answers with one of the new secret', () => {
    const cookie = hex('22681ab97d52c298010000005cf7c57926556bd0934c72f8');
    const reply = replyToCookie(cookie, CLIENT_6, 1559741961, [NEW_SECRET, OLD_SECRET]);
    expect(reply.valid).toBe(true);
    expect(toHex(reply.option)).toBe('22681ab97d52c298010000005cf7c609a6bb79d16625507a');
  });
});

describe('replyToCookie', () => {
  const made = 1_700_000_000;
  const cookie = composeCookie(hex('0011223344556677'), CLIENT_1, made, SECRET);

  it.each([
    ['the same cookie while it is young', made + 30 * 60, true, true],
    ['a new cookie after half an hour', made + 30 * 60 + 1, true, false],
    ['a new cookie, the old one still valid, at an hour', made + 60 * 60, true, false],
    ['a new cookie, the old one invalid, after an hour', made + 60 * 60 + 1, false, false],
    ['the same cookie from a clock five minutes ahead', made - 5 * 60, true, true],
    ['a new cookie, the other invalid, from a clock further ahead', made - 5 * 60 - 1, false, false],
  ])('gives %s', (_, now, valid, same) => {
    const reply = replyToCookie(cookie, CLIENT_1, now, [SECRET]);
    expect(reply.valid).toBe(valid);
    expect(toHex(reply.option) === toHex(cookie)).toBe(same);
  });

  it.each([
    ['another address', cookie, CLIENT_2, SECRET],
    ['another secret', cookie, CLIENT_1, NEW_SECRET],
    ['another hash', Uint8Array.from(cookie, (octet, at) => (at === 23 ? octet ^ 1 : octet)), CLIENT_1, SECRET],
    ['another version', Uint8Array.from(cookie, (octet, at) => (at === 8 ? 2 : octet)), CLIENT_1, SECRET],
    ['a server cookie of another length', cookie.slice(0, 20), CLIENT_1, SECRET],
  ])('does not take a cookie with %s', (_, option, address, secret) => {
    expect(replyToCookie(option, address, made, [secret]).valid).toBe(false);
  });
});

describe('isWellFormedCookie', () => {
  it('takes 8, and 16 to 40 octets (RFC 7873, section 5.2.2)', () => {
    const lengths = Array.from({ length: 60 }, (_, length) => length).filter((length) =>
      isWellFormedCookie(new Uint8Array(length)),
    );
    expect(lengths).toEqual([8, ...Array.from({ length: 25 }, (_, index) => index + 16)]);
  });
});
