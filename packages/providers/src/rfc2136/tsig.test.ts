import { createHmac } from 'node:crypto';
import { inspect } from 'node:util';

import { describe, expect, it } from '@jest/globals';
import { isFailure, type ParsedMessage, parseMessage } from '@kubezone/core';

import { ReplyVerifier, signRequest, tsigOctets, type TsigVerdict } from './tsig.ts';
import { type TsigAlgorithm, tsigKey } from './tsig-key.ts';

/** Signed by dnspython 2.9.2: the key `Key.example.` whose secret is the octets 0, 1, 2, …; the request at 1800000000, the reply a second later. */
const REQUEST = '123428000001000000010000076578616d706c6503636f6d000006000103777777c00c000100010000012c0004c0000201';
const VECTORS: readonly (readonly [TsigAlgorithm, string, string])[] = [
  [
    'hmac-sha256',
    '01abac6a535c8db162a84057600561d8b021e264123829b5ac2274095b6b2631',
    '1234a8000001000000000001076578616d706c6503636f6d0000060001034b6579076578616d706c650000fa00ff00000000003d0b686d61632d7368613235360000006b49d201012c00202987531d54945c6d49aea4acdb8a8d9b4949dcbbeff5d404189b5eb5d6d05db7123400000000',
  ],
  [
    'hmac-sha384',
    'df7b1c18f07aee9ca33a09704457fb8d9377a1d958e44c169357d3164a459d7abb50fc3a37e3373c4ab59f016bef9629',
    '1234a8000001000000000001076578616d706c6503636f6d0000060001034b6579076578616d706c650000fa00ff00000000004d0b686d61632d7368613338340000006b49d201012c00308f5faf9ac2183c0bc918095fd78a0cf72a3cbcbfe304c41bc23de76763d5cc270f2b4d940df7d32270e612fd85755c07123400000000',
  ],
  [
    'hmac-sha512',
    '92dd7de8c57d604525a1aa4743147eef604cbbe122eab911c5a100172f25e1c10591744907795d53da03c030cdedd685c89d9896a1b68ca5e6b81dc3570899e5',
    '1234a8000001000000000001076578616d706c6503636f6d0000060001034b6579076578616d706c650000fa00ff00000000005d0b686d61632d7368613531320000006b49d201012c0040f059c83e7384868926387f4bf2a6b1be7771dcaafefab1237d58b8990ac718d7af59b714a2a1ad927acd91798b9cfc593c796a9c01b4fa878cb0ebd18f5f9f64123400000000',
  ],
];
const TIME = 1_800_000_000;
const SECRETS = { 'hmac-sha256': 32, 'hmac-sha384': 48, 'hmac-sha512': 64 } as const;
const keyOf = (algorithm: TsigAlgorithm) =>
  tsigKey({
    name: 'Key.example',
    algorithm,
    secret: Buffer.from(Array.from({ length: SECRETS[algorithm] }, (_, at) => at)).toString('base64'),
  });

describe.each(VECTORS)('a request signed by %s', (algorithm, mac, reply) => {
  const key = keyOf(algorithm);
  const signed = signRequest(key, fromHex(REQUEST), TIME);

  it('has the MAC that dnspython gives it, in a TSIG record at its end', () => {
    expect(hex(signed.mac)).toBe(mac);
    expect(signed.octets.length).toBe(REQUEST.length / 2 + tsigOctets(key));
    const parsed = parsedOf(signed.octets);
    expect(parsed.tsigStart).toBe(REQUEST.length / 2);
    expect(parsed.tsig?.owner).toBe('key.example.');
  });

  it('is answered by a reply that dnspython signed', () => {
    expect(verdictOf(key, signed.mac, reply)).toEqual({ kind: 'signed' });
  });

  it.each<[string, (octets: Uint8Array) => void]>([
    ['its ID', (octets) => octets.set([0xff], octets.length - 6)],
    ['its RCODE', (octets) => octets.set([0x05], 3)],
    ['its time', (octets) => octets.set([0xff], octets.length - 6 - SECRETS[algorithm] - 2 - 3)],
    ['its MAC', (octets) => octets.set([0x00, 0x01], octets.length - 8)],
  ])('is not answered by one with another value in %s', (_, change) => {
    const octets = fromHex(reply);
    change(octets);
    expect(verdictOf(key, signed.mac, hex(octets)).kind).toBe('wrong');
  });

  it('is not answered by a reply to another request', () => {
    expect(verdictOf(key, new Uint8Array(signed.mac.length), reply)).toEqual({ kind: 'wrong', reason: 'the MAC is wrong' });
  });

  it('is not answered by a reply whose MAC is truncated', () => {
    const octets = fromHex(reply);
    const macAt = octets.length - 6 - SECRETS[algorithm];
    const half = SECRETS[algorithm] / 2;
    const cut = Buffer.concat([octets.subarray(0, macAt + half), octets.subarray(octets.length - 6)]);
    cut.writeUInt16BE(half, macAt - 2);
    const rdlengthAt = macAt - 2 - 8 - 13 - 2;
    cut.writeUInt16BE(cut.readUInt16BE(rdlengthAt) - half, rdlengthAt);
    expect(verdictOf(key, signed.mac, hex(cut))).toEqual({ kind: 'wrong', reason: `the MAC is truncated to ${half} octets` });
  });

  it('is not answered by another key, or 301 seconds off', () => {
    const other = tsigKey({ name: 'other.example', algorithm, secret: 'AAAA' });
    expect(verdictOf(other, signed.mac, reply)).toEqual({
      kind: 'wrong',
      reason: 'the reply is signed by another key or algorithm',
    });
    expect(verdictOf(key, signed.mac, reply, TIME + 1 - 300).kind).toBe('signed');
    expect(verdictOf(key, signed.mac, reply, TIME + 1 - 301).kind).toBe('wrong');
    expect(verdictOf(key, signed.mac, reply, TIME + 1 + 301).kind).toBe('wrong');
  });
});

describe('the messages of a transfer', () => {
  const key = keyOf('hmac-sha256');
  const requestMac = new Uint8Array(32).fill(7);

  it.each([
    ['signed each', [0, 1, 2, 3], 'signed signed signed signed'],
    ['signed at the first and the last', [0, 3], 'signed unsigned unsigned signed'],
  ])('may be %s', (_, signed, verdicts) => {
    const stream = new SignedStream(requestMac);
    const messages = [0, 1, 2, 3].map((index) => stream.message(signed.includes(index)));
    expect(verdictsOf(messages).join(' ')).toBe(verdicts);
  });

  it('may hold 99 unsigned ones in a row, and not a hundred', () => {
    const stream = new SignedStream(requestMac);
    const messages = Array.from({ length: 101 }, (_, index) => stream.message(index === 0 || index === 100));
    expect(verdictsOf(messages).at(-1)).toBe('signed');
    const longer = new SignedStream(requestMac);
    const more = Array.from({ length: 102 }, (_, index) => longer.message(index === 0 || index === 101));
    expect(verdictsOf(more)[100]).toBe('wrong');
  });

  it('are covered by the next signature, signed or not', () => {
    const stream = new SignedStream(requestMac);
    const messages = [stream.message(true), stream.message(false), stream.message(true)];
    messages[1]?.set([0x99], 2);
    expect(verdictsOf(messages)).toEqual(['signed', 'unsigned', 'wrong']);
  });

  function verdictsOf(messages: readonly Uint8Array[]): string[] {
    const verifier = new ReplyVerifier(key, requestMac, () => TIME);
    return messages.map((octets) => verifier.check(octets, parsedOf(octets)).kind);
  }

  /** Signs as RFC 8945, section 5.3.1, says: the first message with all variables, the later ones with the timers alone. */
  class SignedStream {
    #prior: Uint8Array;
    #first = true;
    #unsigned: Uint8Array[] = [];

    constructor(mac: Uint8Array) {
      this.#prior = mac;
    }

    message(signed: boolean): Uint8Array {
      const bare = fromHex('1234 8400 0000 0000 0000 0000');
      if (!signed) {
        this.#unsigned.push(bare);
        return bare.slice();
      }
      const timers = '00006b49d200 012c';
      const names = ['036b6579076578616d706c6500', '0b686d61632d73686132353600'] as const;
      const variables = this.#first ? `${names[0]} 00ff 00000000 ${names[1]} ${timers} 0000 0000` : timers;
      const hmac = createHmac('sha256', key.secret).update(fromHex('0020')).update(this.#prior);
      for (const octets of this.#unsigned) hmac.update(octets);
      const mac = hmac.update(bare).update(fromHex(variables)).digest();
      this.#prior = mac;
      this.#first = false;
      this.#unsigned = [];
      const record = `${names[0]} 00fa 00ff 00000000 003d ${names[1]} ${timers} 0020 ${hex(mac)} 1234 0000 0000`;
      return fromHex(`1234 8400 0000 0000 0000 0001 ${record}`);
    }
  }
});

describe('a key', () => {
  const secret = 'c2VjcmV0LW9mLXRoZS10ZXN0';

  it('does not show its secret', () => {
    const key = tsigKey({ name: 'k', secret });
    for (const text of [
      JSON.stringify(key),
      inspect(key, { depth: 9, showHidden: true }),
      `${key.secret.type} ${inspect(key.secret)}`,
    ]) {
      expect(text).not.toContain(secret);
      expect(text).not.toContain('secret-of-the-test');
    }
  });

  it.each(['', '====', 'abc', 'not base64!', `${secret}x`])('with the secret %j is refused, without showing it', (wrong) => {
    expect(() => tsigKey({ name: 'k', secret: wrong })).toThrow('the secret of the TSIG key k is not base64');
  });

  it('may have its secret on several lines', () => {
    const key = tsigKey({ name: 'k', secret: `${secret.slice(0, 8)}\n ${secret.slice(8)}\n` });
    expect(key.secret.export().toString()).toBe('secret-of-the-test');
  });
});

function verdictOf(key: ReturnType<typeof keyOf>, mac: Uint8Array, reply: string, now = TIME): TsigVerdict {
  const octets = fromHex(reply);
  return new ReplyVerifier(key, mac, () => now).check(octets, parsedOf(octets));
}

function parsedOf(octets: Uint8Array): ParsedMessage {
  const message = parseMessage(octets);
  if (isFailure(message)) throw new Error(message.message);
  return message;
}

function fromHex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
}

function hex(octets: Uint8Array): string {
  return Buffer.from(octets).toString('hex');
}
