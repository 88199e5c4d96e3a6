import { describe, expect, it } from '@jest/globals';

import type { FailureCode } from '../failure.ts';
import {
  compareNames,
  composeName,
  composeNameInto,
  isAtOrBelow,
  isBelow,
  isWildcard,
  labelCount,
  labelsOf,
  nameOf,
  type OwnerName,
  parentOf,
  parseName,
  prependLabel,
  replaceSuffix,
  ROOT,
  scanName,
  wildcardBelow,
  wireLength,
} from './owner-name.ts';

const LABEL_63 = 'a'.repeat(63);
/** 255 octets on the wire: 3 × 64 + 62 + the root. */
const NAME_255 = `${LABEL_63}.${LABEL_63}.${LABEL_63}.${'b'.repeat(61)}.`;

function fromHex(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
}

function toHex(octets: Uint8Array): string {
  return Buffer.from(octets).toString('hex');
}

describe('scanName', () => {
  it.each([
    ['.', '.'],
    ['WWW.Example.COM.', 'www.example.com.'],
    ['a\\.b.example.', 'a\\.b.example.'],
    ['a\\046b.example.', 'a\\.b.example.'],
    ['\\065\\066.', 'ab.'],
    ['\\097\\x.', 'ax.'],
    ['\\000\\032\\127\\255.', '\\000\\032\\127\\255.'],
    ['\\ .', '\\032.'],
    ['a"b.', 'a\\"b.'],
    ['\\(\\)\\;\\@\\$\\\\.', '\\(\\)\\;\\@\\$\\\\.'],
    ['@.', '\\@.'],
    ['*.example.', '*.example.'],
    ['\\*.example.', '*.example.'],
    ['_sip._tcp.example.', '_sip._tcp.example.'],
    [`${LABEL_63}.`, `${LABEL_63}.`],
    [NAME_255, NAME_255],
  ])('takes %j for %j', (text, name) => {
    expect(scanName(text)).toBe(name);
  });

  it('gives two spellings of one name the same string (RFC 4343)', () => {
    expect(scanName('\\069xample.')).toBe(scanName('EXAMPLE.'));
  });

  it('completes a relative name by the origin, and takes @ for the origin', () => {
    const origin = nameOf('example.com.');
    expect(scanName('www', origin)).toBe('www.example.com.');
    expect(scanName('a.b', origin)).toBe('a.b.example.com.');
    expect(scanName('www.', origin)).toBe('www.');
    expect(scanName('www\\.', origin)).toBe('www\\..example.com.');
    expect(scanName('@', origin)).toBe('example.com.');
    expect(scanName('www', ROOT)).toBe('www.');
  });

  it.each<[string, FailureCode, number]>([
    ['', 'NAME_EMPTY_LABEL', 0],
    ['..', 'NAME_EMPTY_LABEL', 0],
    ['.a.', 'NAME_EMPTY_LABEL', 0],
    ['a..b.', 'NAME_EMPTY_LABEL', 2],
    ['a..', 'NAME_EMPTY_LABEL', 2],
    ['www', 'NAME_RELATIVE', 3],
    ['www\\.', 'NAME_RELATIVE', 5],
    ['@', 'NAME_RELATIVE', 1],
    [`${LABEL_63}a.`, 'NAME_LABEL_TOO_LONG', 63],
    [`${'\\000'.repeat(64)}.`, 'NAME_LABEL_TOO_LONG', 255],
    [`c${NAME_255}`, 'NAME_LABEL_TOO_LONG', 63],
    [NAME_255.replace('b.', 'bb.'), 'NAME_TOO_LONG', 255],
    ['a\\', 'NAME_BAD_ESCAPE', 1],
    ['a\\1.', 'NAME_BAD_ESCAPE', 1],
    ['a\\12.', 'NAME_BAD_ESCAPE', 1],
    ['a\\12x.', 'NAME_BAD_ESCAPE', 1],
    ['a\\256.', 'NAME_BAD_ESCAPE', 1],
    ['a\\ü.', 'NAME_BAD_ESCAPE', 1],
    ['bücher.', 'NAME_BAD_IDNA', 1],
  ])('refuses %j with %s', (text, code, offset) => {
    expect(scanName(text)).toMatchObject({ code, offset });
  });

  it('counts the origin in the length of the whole', () => {
    const origin = nameOf(`${LABEL_63}.${LABEL_63}.${LABEL_63}.`);
    expect(scanName('b'.repeat(61), origin)).toBe(`${'b'.repeat(61)}.${origin}`);
    expect(scanName('b'.repeat(62), origin)).toMatchObject({ code: 'NAME_TOO_LONG' });
  });

  it('has a variant for literals, which throws', () => {
    expect(nameOf('Example.com')).toBe('example.com.');
    expect(() => nameOf('a..b')).toThrow(RangeError);
  });
});

describe('parseName', () => {
  // RFC 1035, section 4.1.4: F.ISI.ARPA at 20, FOO.F.ISI.ARPA at 40, ARPA at 64, the root at 92.
  const message = new Uint8Array(93);
  message.set(fromHex('01 46 03 495349 04 41525041 00'), 20);
  message.set(fromHex('03 464f4f c014'), 40);
  message.set(fromHex('c01a'), 64);

  it.each([
    [20, 'f.isi.arpa.', 32],
    [40, 'foo.f.isi.arpa.', 46],
    [64, 'arpa.', 66],
    [92, '.', 93],
  ])('reads the name at %d of the example of RFC 1035, section 4.1.4', (start, name, end) => {
    expect(parseName(message, start)).toEqual({ name, end });
  });

  it('follows a pointer to a pointer', () => {
    expect(parseName(fromHex('01 61 00 c000 01 62 c003'), 5)).toEqual({ name: 'b.a.', end: 9 });
  });

  it('escapes what has a meaning in zone files, and folds letters', () => {
    expect(parseName(fromHex('08 2e5c00ff41205a2a 00'), 0)).toEqual({ name: '\\.\\\\\\000\\255a\\032z*.', end: 10 });
  });

  it.each<[string, string, number, FailureCode, number]>([
    ['no octets', '', 0, 'TRUNCATED', 0],
    ['no root', '01 61', 0, 'TRUNCATED', 2],
    ['a label cut off', '03 6161', 0, 'TRUNCATED', 0],
    ['half a pointer', '01 61 c0', 0, 'TRUNCATED', 2],
    ['a start behind the end', '00', 5, 'TRUNCATED', 5],
    ['a pointer to itself', 'c000', 0, 'NAME_BAD_POINTER', 0],
    ['a pointer forward', '0000 c004 00', 2, 'NAME_BAD_POINTER', 2],
    ['a pointer behind the end', '0000 ffff', 2, 'NAME_BAD_POINTER', 2],
    ['a pointer into its own labels', '01 61 01 62 c002', 0, 'NAME_BAD_POINTER', 4],
    ['two pointers in a loop', '01 61 c005 00 01 62 c000', 5, 'NAME_BAD_POINTER', 2],
    ['a label of type 01', '41 61 00', 0, 'NAME_RESERVED_LABEL_TYPE', 0],
    ['a label of type 10', '81 61 00', 0, 'NAME_RESERVED_LABEL_TYPE', 0],
    ['a reserved label behind a pointer', '41 61 00 c000', 3, 'NAME_RESERVED_LABEL_TYPE', 0],
  ])('refuses %s', (_, hex, start, code, offset) => {
    expect(parseName(fromHex(hex), start)).toMatchObject({ code, offset });
  });

  it('allows 255 octets and no more, pointers or not', () => {
    const longest = composeName(nameOf(NAME_255));
    expect(longest).toHaveLength(255);
    expect(parseName(longest, 0)).toEqual({ name: NAME_255, end: 255 });
    const longer = Uint8Array.from([...longest, 1, 0x61, 0xc0, 0]);
    expect(parseName(longer, 255)).toMatchObject({ code: 'NAME_TOO_LONG' });
    // In place of the first label, of 63, one of 63: still 255.
    const same = Uint8Array.from([...longest, 63, ...Buffer.from('c'.repeat(63)), 0xc0, 64]);
    expect(parseName(same, 255)).toMatchObject({ end: 255 + 66 });
  });

  it('refuses pointers where none may be', () => {
    const octets = fromHex('01 61 00 c000');
    expect(parseName(octets, 3, 'refuse')).toMatchObject({ code: 'NAME_POINTER_NOT_ALLOWED', offset: 3 });
    expect(parseName(octets, 0, 'refuse')).toEqual({ name: 'a.', end: 3 });
  });

  it('follows 128 pointers, and no more', () => {
    // Each pointer points to the one before it; the first to the root.
    const chain = new Uint8Array(1 + 2 * 129);
    for (let at = 1; at < chain.length; at += 2) chain.set([0xc0, Math.max(0, at - 2)], at);
    expect(parseName(chain, 1 + 2 * 127)).toEqual({ name: '.', end: 1 + 2 * 128 });
    expect(parseName(chain, 1 + 2 * 128)).toMatchObject({ code: 'NAME_BAD_POINTER' });
  });
});

describe('composeName', () => {
  it.each([
    ['.', '00'],
    ['www.example.', '03777777076578616d706c6500'],
    ['a\\.b.\\000\\255.', '03612e620200ff00'],
    ['\\\\\\".', '025c2200'],
  ])('%s is %s', (name, hex) => {
    expect(toHex(composeName(nameOf(name)))).toBe(hex);
    expect(wireLength(nameOf(name))).toBe(hex.length / 2);
  });

  it('writes into a buffer at an offset', () => {
    const buffer = new Uint8Array(8).fill(9);
    expect(composeNameInto(nameOf('a.'), buffer, 2)).toBe(5);
    expect(composeNameInto(ROOT, buffer, 5)).toBe(6);
    expect(toHex(buffer)).toBe('0909016100000909');
  });
});

describe('the hierarchy of names', () => {
  it('goes up label by label', () => {
    const names: OwnerName[] = [];
    for (let name: OwnerName | undefined = nameOf('x\\.y.a\\\\.b.'); name !== undefined; name = parentOf(name)) names.push(name);
    expect(names).toEqual(['x\\.y.a\\\\.b.', 'a\\\\.b.', 'b.', '.']);
  });

  it('knows the labels and their number', () => {
    expect(labelsOf(nameOf('x\\.y.a\\\\.b.'))).toEqual(['x\\.y', 'a\\\\', 'b']);
    expect(labelCount(nameOf('x\\.y.a\\\\.b.'))).toBe(3);
    expect(labelCount(nameOf('a.b.c.'))).toBe(3);
    expect(labelsOf(nameOf('a\\.b\\.c\\..d.'))).toEqual(['a\\.b\\.c\\.', 'd']);
    expect(parentOf(nameOf('a\\.b\\.c\\..d.'))).toBe('d.');
    expect([labelsOf(ROOT), labelCount(ROOT)]).toEqual([[], 0]);
  });

  it.each([
    ['www.example.com.', 'example.com.', true],
    ['a.b.example.com.', 'example.com.', true],
    ['example.com.', 'example.com.', false],
    ['com.', 'example.com.', false],
    ['notexample.com.', 'example.com.', false],
    ['not\\.example.com.', 'example.com.', false],
    ['not\\\\.example.com.', 'example.com.', true],
    ['not\\\\\\.example.com.', 'example.com.', false],
    ['com.', '.', true],
    ['.', '.', false],
    ['.', 'com.', false],
  ])('%s below %s: %s', (name, ancestor, below) => {
    expect(isBelow(nameOf(name), nameOf(ancestor))).toBe(below);
    expect(isAtOrBelow(nameOf(name), nameOf(ancestor))).toBe(below || name === ancestor);
  });

  it('knows wildcards: an asterisk alone as the first label', () => {
    expect(
      ['*.example.', '*.', '**.example.', '*a.example.', 'a.*.example.', '.'].map((name) => isWildcard(nameOf(name))),
    ).toEqual([true, true, false, false, false, false]);
    expect(wildcardBelow(nameOf('example.'))).toBe('*.example.');
    expect(wildcardBelow(ROOT)).toBe('*.');
    expect(wildcardBelow(nameOf(NAME_255))).toBeUndefined();
  });

  it('prepends a label where the result is a name', () => {
    expect(prependLabel('a\\.b', nameOf('example.'))).toBe('a\\.b.example.');
    expect(prependLabel('a', ROOT)).toBe('a.');
    expect(prependLabel('a'.repeat(64), ROOT)).toBeUndefined();
    expect(prependLabel('', nameOf('example.'))).toBeUndefined();
  });

  it('replaces the end of a name, as DNAME does (RFC 6672, table 1)', () => {
    const replace = (name: string, owner: string, target: string): unknown =>
      replaceSuffix(nameOf(name), nameOf(owner), nameOf(target));
    expect(replace('a.example.com.', 'example.com.', 'example.net.')).toBe('a.example.net.');
    expect(replace('a.b.example.com.', 'example.com.', 'example.net.')).toBe('a.b.example.net.');
    expect(replace('a.x.', 'x.', '.')).toBe('a.');
    expect(replace('a.x.', '.', 'example.')).toBe('a.x.example.');
    expect(replace(NAME_255, `${'b'.repeat(61)}.`, `${'c'.repeat(61)}.`)).toBe(NAME_255.replaceAll('b', 'c'));
    expect(replace(NAME_255, `${'b'.repeat(61)}.`, `${'c'.repeat(62)}.`)).toBeUndefined();
  });
});

describe('compareNames', () => {
  it('orders the example of RFC 4034, section 6.1', () => {
    const ordered = [
      'example.',
      'a.example.',
      'yljkjljk.a.example.',
      'Z.a.example.',
      'zABC.a.EXAMPLE.',
      'z.example.',
      '\\001.z.example.',
      '*.z.example.',
      '\\200.z.example.',
    ].map((name) => nameOf(name));
    expect(ordered.toReversed().toSorted(compareNames)).toEqual(ordered);
  });

  it('compares octets, not their escapes', () => {
    // 0x2e (an escaped dot) < 0x30 (0) < 0x5c (an escaped backslash) < 0x61 (a) < 0xff
    const ordered = ['\\000.', '\\032.', '\\..', '0.', '\\\\.', 'a.', 'a\\000.', 'aa.', '\\255.'].map((name) => nameOf(name));
    expect(ordered.toReversed().toSorted(compareNames)).toEqual(ordered);
  });

  it('puts a name before those below it, and the root first', () => {
    const ordered = ['.', 'com.', 'a.com.', 'b.a.com.', 'net.'].map((name) => nameOf(name));
    expect(ordered.toReversed().toSorted(compareNames)).toEqual(ordered);
    expect(compareNames(nameOf('a.'), nameOf('A.'))).toBe(0);
  });
});
