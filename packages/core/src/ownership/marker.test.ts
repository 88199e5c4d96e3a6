import { describe, expect, it } from '@jest/globals';

import { isFailure } from '../failure.ts';
import { nameOf } from '../name/owner-name.ts';
import { TYPE } from '../rr/rr-type.ts';
import { type Marker, type OwnedRRset, printMarker, scanMarker } from './marker.ts';
import { markerKey, signMarker, verifyMarker } from './marker-mac.ts';
import { composeTxt, textOfTxt } from './txt-text.ts';

const HOME = '1f2e3d4c';
const owned = (type: number, source?: string, rest: Partial<OwnedRRset> = {}): OwnedRRset => ({
  type,
  setIdentifier: undefined,
  sources: source === undefined ? [] : [{ source, cluster: HOME }],
  retain: false,
  ...rest,
});
const markerOf = (own: readonly OwnedRRset[], rest: Partial<Marker> = {}): Marker => ({
  owner: 'prod',
  cluster: HOME,
  own,
  name: undefined,
  mac: undefined,
  ...rest,
});
const HEAD = `heritage=kubezone,v=1,owner=prod,cluster=${HOME},own=`;

describe('a marker’s text', () => {
  it.each<[string, Marker, string]>([
    ['one type', markerOf([owned(TYPE.A, 'ingress')]), `${HEAD}A/ingress`],
    [
      'types of one source together, by number',
      markerOf([owned(TYPE.AAAA, 'ingress'), owned(TYPE.A, 'ingress')]),
      `${HEAD}A.AAAA/ingress`,
    ],
    ['sources apart', markerOf([owned(TYPE.TXT, 'record'), owned(TYPE.A, 'ingress')]), `${HEAD}A/ingress;TXT/record`],
    ['a set identifier', markerOf([owned(TYPE.A, 'service', { setIdentifier: 'blue' })]), `${HEAD}A#blue/service`],
    [
      'a set identifier of other characters',
      markerOf([owned(TYPE.A, 'service', { setIdentifier: 'a/b;c,d!%é' })]),
      `${HEAD}A#a%2Fb%3Bc%2Cd%21%25%C3%A9/service`,
    ],
    [
      'several clusters',
      markerOf([
        owned(TYPE.A, undefined, {
          sources: [
            { source: 'service', cluster: '99aa88bb' },
            { source: 'service', cluster: HOME },
          ],
        }),
      ]),
      `${HEAD}A/service+service@99aa88bb`,
    ],
    ['nobody who wants it', markerOf([owned(TYPE.A)]), `${HEAD}A`],
    ['what is kept when its object goes', markerOf([owned(TYPE.A, 'record', { retain: true })]), `${HEAD}A/record!`],
    ['a type without mnemonic', markerOf([owned(65_280, 'record')]), `${HEAD}TYPE65280/record`],
    [
      'a name',
      markerOf([owned(TYPE.NS, 'record')], { name: nameOf('*.a\\,b\\.c.example') }),
      `${HEAD}NS/record,name=*.a%2Cb%5C.c.example.`,
    ],
    [
      'an owner of other characters',
      markerOf([owned(TYPE.A)], { owner: 'a,b=c' }),
      `heritage=kubezone,v=1,owner=a%2Cb%3Dc,cluster=${HOME},own=A`,
    ],
    ['a MAC', markerOf([owned(TYPE.A)], { mac: 'ab'.repeat(16) }), `${HEAD}A,mac=${'ab'.repeat(16)}`],
  ])('has %s', (_, marker, text) => {
    expect(printMarker(marker)).toBe(text);
    const scanned = scanMarker(text);
    if (scanned === undefined || isFailure(scanned)) throw new Error('not understood');
    expect(printMarker(scanned)).toBe(text);
  });

  it.each([
    ['another version', 'heritage=kubezone,v=2,owner=a,cluster=b,own=A'],
    ['no version', 'heritage=kubezone,owner=a,cluster=b,own=A'],
    ['no owner', 'heritage=kubezone,v=1,cluster=b,own=A'],
    ['an empty cluster', 'heritage=kubezone,v=1,owner=a,cluster=,own=A'],
    ['nothing that it owns', 'heritage=kubezone,v=1,owner=a,cluster=b'],
    ['an unknown type', 'heritage=kubezone,v=1,owner=a,cluster=b,own=AX/ingress'],
    ['a type in lower case', 'heritage=kubezone,v=1,owner=a,cluster=b,own=a/ingress'],
    ['an empty source', 'heritage=kubezone,v=1,owner=a,cluster=b,own=A/+service'],
    ['a source of two clusters', 'heritage=kubezone,v=1,owner=a,cluster=b,own=A/s@x@y'],
    ['an escape that is none', 'heritage=kubezone,v=1,owner=a%,cluster=b,own=A'],
    ['a field twice', 'heritage=kubezone,v=1,owner=a,owner=c,cluster=b,own=A'],
    ['a field without value', 'heritage=kubezone,v=1,owner=a,cluster=b,own=A,x'],
  ])('with %s is refused', (_, text) => {
    expect(scanMarker(text)).toMatchObject({ code: 'BAD_FIELD' });
  });

  it.each([
    '',
    'ares',
    'heritage=external-dns,external-dns/owner=a',
    'heritage=kubezones,v=1',
    'v=1,heritage=kubezone',
    'mate:g',
  ])('is not %j', (text) => {
    expect(scanMarker(text)).toBeUndefined();
  });

  it('is read whatever the strings are into which it is cut', () => {
    const text = `${HEAD}${Array.from({ length: 60 }, (_, index) => `A#set-${index}/service`).join(';')}`;
    const rdata = composeTxt(text);
    expect(rdata[0]).toBe(255);
    expect(textOfTxt(rdata)).toBe(text);
    expect(textOfTxt(Uint8Array.of(1, 0x61, 0, 2, 0x62, 0x63))).toBe('abc');
    expect(textOfTxt(composeTxt(''))).toBe('');
  });
});

describe('a marker with a name that is none', () => {
  it('is refused', () => {
    expect(scanMarker('heritage=kubezone,v=1,owner=a,cluster=b,own=A,name=a..b')).toMatchObject({ code: 'NAME_EMPTY_LABEL' });
  });
});

describe('a marker’s MAC', () => {
  const zone = nameOf('example.com');
  const name = nameOf('www.example.com');
  const [one, two] = [markerKey('one'), markerKey('two')];
  const marker = markerOf([owned(TYPE.A, 'ingress')]);

  it('is 128 bits of HMAC-SHA-256 over zone, name, owner, cluster and what is owned', () => {
    // Python: hmac.new(b'one', b'kubezone marker 1\n12:example.com.\n16:www.example.com.\n4:prod\n8:1f2e3d4c\n9:A/ingress', 'sha256').hexdigest()[:32]
    expect(signMarker(marker, name, zone, one)).toBe('7e0198c39a4121a0c8b1b5e094201839');
  });

  it('is verified by any of the keys', () => {
    const signed = { ...marker, mac: signMarker(marker, name, zone, two) };
    expect(verifyMarker(signed, name, zone, [one, two])).toBe(1);
    expect(verifyMarker(signed, name, zone, [one])).toBe(-1);
    expect(verifyMarker(marker, name, zone, [one])).toBe(-1);
  });

  it.each<[string, Partial<Marker>, string, string]>([
    ['owner', { owner: 'you' }, 'www.example.com', 'example.com'],
    ['cluster', { cluster: 'x' }, 'www.example.com', 'example.com'],
    ['what is owned', { own: [owned(TYPE.AAAA, 'ingress')] }, 'www.example.com', 'example.com'],
    ['name', {}, 'w.example.com', 'example.com'],
    ['zone', {}, 'www.example.com', 'com'],
    ['text', { mac: 'zz'.repeat(16) }, 'www.example.com', 'example.com'],
  ])('is worth nothing with another %s', (_, change, otherName, otherZone) => {
    const signed = { ...marker, mac: signMarker(marker, name, zone, one), ...change };
    expect(verifyMarker(signed, nameOf(otherName), nameOf(otherZone), [one])).toBe(-1);
  });

  it('needs a secret that is not empty, and does not show it', () => {
    expect(() => markerKey('')).toThrow(RangeError);
    expect(JSON.stringify({ key: markerKey('hidden') })).not.toContain('hidden');
  });
});
