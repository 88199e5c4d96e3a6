/** The formats of external-dns, as its documentation and sources have them (v0.22), and the short forms of the rules. */
import { describe, expect, it } from '@jest/globals';
import { createCipheriv } from 'node:crypto';
import { gzipSync } from 'node:zlib';

import { isFailure } from '../failure.ts';
import { nameOf } from '../name/owner-name.ts';
import { scanRRType } from '../rr/rr-type.ts';
import { printAdoptRule, scanAdoptRule } from './adopt-rule.ts';
import { externalDnsPlace, nameOfExternalDnsPlace } from './external-dns-place.ts';
import { externalDnsKey, externalDnsOwner } from './external-dns-text.ts';

describe('where external-dns keeps its TXT', () => {
  it.each([
    ['', '', '', 'A', 'foo.example.com', 'a-foo.example.com.'],
    ['txt.', '', '', 'CNAME', 'foo.example.com', 'txt.cname-foo.example.com.'],
    ['TXT.', '', '', 'CNAME', 'foo.example.com', 'txt.cname-foo.example.com.'],
    ['foo-', '', '', 'A', 'example.com', 'foo-a-example.com.'],
    ['txt-%{record_type}.', '', '', 'A', 'foo.example.com', 'txt-a.foo.example.com.'],
    ['bar.%{record_type}.foo.', '', '', 'CNAME', 'example.com', 'bar.cname.foo.example.com.'],
    ['', '-txt', '', 'CNAME', 'foo.example.com', 'cname-foo-txt.example.com.'],
    ['', '.foo.bar', '', 'A', 'example.com', 'a-example.foo.bar.com.'],
    ['', '-%{record_type}', '', 'CNAME', 'foo.example.com', 'foo-cname.example.com.'],
    ['txt-', '', 'wild', 'A', '*.example.com', 'txt-a-wild.example.com.'],
    ['', '', '', 'A', '*.example.com', 'a-*.example.com.'],
    ['', '', '', undefined, 'foo.example.com', 'foo.example.com.'],
    ['txt-', '', '', undefined, 'foo.example.com', 'txt-foo.example.com.'],
    ['p;', '', '', 'A', 'foo.example.com', 'p\\;a-foo.example.com.'],
  ])('prefix %j suffix %j wildcard %j: %s of %s is at %s', (txtPrefix, txtSuffix, wildcardReplacement, mnemonic, name, place) => {
    const affixes = { txtPrefix, txtSuffix, wildcardReplacement };
    const type = mnemonic === undefined ? undefined : scanRRType(mnemonic);
    expect(externalDnsPlace(nameOf(name), type, affixes)).toBe(place);
    // An affix that no vendor takes is not looked for in the other direction.
    const found = nameOfExternalDnsPlace(nameOf(place), type, affixes);
    expect(found).toBe(txtPrefix.includes(';') ? undefined : nameOf(name));
  });

  it('is no other name', () => {
    const affixes = { txtPrefix: 'txt-', txtSuffix: '', wildcardReplacement: '' };
    expect(nameOfExternalDnsPlace(nameOf('a-foo.example.com'), 1, affixes)).toBeUndefined();
    expect(nameOfExternalDnsPlace(nameOf('txt-a-.example.com'), 1, affixes)).toBeUndefined();
    expect(nameOfExternalDnsPlace(nameOf('foo.example.com'), 1, { ...affixes, txtPrefix: '', txtSuffix: '-x' })).toBeUndefined();
  });
});

describe('what stands in it', () => {
  const KEY = '12345678901234567890123456789012';
  const VECTOR =
    'h8UQ6jelUFUsEIn7SbFktc2MYXPx/q8lySqI4VwfVtVaIbb2nkHWV/88KKbuLtu7fJNzMir8ELVeVnRSY01KdiIuj7ledqZe5ailEjQaU5Z6uEKd5pgs6sH8';
  const key = externalDnsKey(KEY);

  it.each([
    ['heritage=external-dns,external-dns/owner=me,external-dns/resource=ingress/a/b', 'me'],
    ['"heritage=external-dns,external-dns/owner=me"', 'me'],
    ['heritage=external-dns,external-dns/owner=a=b', 'a=b'],
    ['heritage=external-dns', undefined],
    ['heritage=mate', undefined],
    ['heritage=mate,external-dns/owner=me', undefined],
    ['external-dns/owner=me', undefined],
    ['heritage=external-dnsx,external-dns/owner=me', undefined],
    ['', undefined],
  ])('%j names %s', (text, owner) => {
    expect(externalDnsOwner(text, undefined)).toBe(owner);
    // With a key, what is not encrypted is read as it is.
    expect(externalDnsOwner(text, key)).toBe(owner);
  });

  it('may be encrypted: the vector of external-dns’s tests', () => {
    expect(externalDnsOwner(VECTOR, key)).toBe('owner');
    expect(externalDnsOwner(`"${VECTOR}"`, key)).toBe('owner');
    expect(externalDnsOwner(VECTOR, undefined)).toBeUndefined();
    expect(externalDnsOwner(VECTOR, externalDnsKey('x'.repeat(32)))).toBeUndefined();
    expect(externalDnsOwner(VECTOR.slice(0, -4), key)).toBeUndefined();
  });

  it('cannot fill the memory', () => {
    const cipher = createCipheriv('aes-256-gcm', KEY, Buffer.alloc(12));
    const text = gzipSync(Buffer.alloc(1_000_000, 0x61));
    const bomb = Buffer.concat([Buffer.alloc(12), cipher.update(text), cipher.final(), cipher.getAuthTag()]);
    expect(externalDnsOwner(bomb.toString('base64'), key)).toBeUndefined();
  });

  it.each([
    ['32 octets', KEY, true],
    ['Base 64', Buffer.from(KEY).toString('base64'), true],
    ['URL-safe Base 64', Buffer.alloc(32, 0xfb).toString('base64url'), true],
    ['too short', 'short', false],
  ])('has a key of %s', (_, text, isKey) => {
    expect(externalDnsKey(text) !== undefined).toBe(isKey);
  });
});

describe('a rule’s short form', () => {
  it.each(['external-dns/default', 'mate/my-group', 'ares', 'kubezone/old', 'kubezone/old@1f2e3d4c'])('%s', (text) => {
    const rule = scanAdoptRule(text);
    if (isFailure(rule)) throw new Error(rule.message);
    expect(printAdoptRule(rule)).toBe(text);
  });

  it.each(['', 'external-dns', 'external-dns/', 'mate', 'ares/x', 'kubezone/@x', 'kubezone/a@', 'other/x', 'unmarked'])(
    'is not %j',
    (text) => {
      expect(scanAdoptRule(text)).toMatchObject({ code: 'BAD_FIELD' });
    },
  );
});
