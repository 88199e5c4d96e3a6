import { describe, expect, it } from '@jest/globals';

import { nextMarker, nextStart, type PageStart } from './next-page.ts';

const WWW: PageStart = { StartRecordName: 'www.example.com.', StartRecordType: 'A', StartRecordIdentifier: undefined };
const page = (...[name, type, identifier]: readonly (string | undefined)[]): Parameters<typeof nextStart>[1] => ({
  IsTruncated: true,
  NextRecordName: name,
  NextRecordType: type as PageStart['StartRecordType'],
  NextRecordIdentifier: identifier,
});

describe('the page after one of RRsets', () => {
  it.each<[string, Parameters<typeof nextStart>[1], PageStart, PageStart]>([
    ['the first', page('www.example.com.', 'A'), {}, WWW],
    ['one that began with another name', page('www.example.com.', 'A'), { StartRecordName: 'a.example.com.' }, WWW],
    ['one that began with the whole name', page('www.example.com.', 'A'), { StartRecordName: 'www.example.com.' }, WWW],
    ['one that began with another type', page('www.example.com.', 'AAAA'), WWW, { ...WWW, StartRecordType: 'AAAA' }],
    ['one that began with another set', page('www.example.com.', 'A', 'b'), WWW, { ...WWW, StartRecordIdentifier: 'b' }],
  ])('begins where %s says', (_, given, start, next) => {
    expect(nextStart('ZEXAMPLE', given, start)).toEqual(next);
  });

  it('is none after the last', () => {
    expect(nextStart('ZEXAMPLE', { IsTruncated: false }, WWW)).toBeUndefined();
  });

  it.each<[string, Parameters<typeof nextStart>[1], PageStart, string]>([
    ['the same', page('www.example.com.', 'A'), WWW, 'www.example.com. A'],
    ['where no name is told', page(), WWW, 'www.example.com. A'],
    ['nor after the first', page(), {}, 'the first RRset'],
  ])('is an error where it is the same again, or none though there is more: %s', (_, given, start, named) => {
    const message = `cannot read the hosted zone ZEXAMPLE at Route 53: after the page from ${named} on it has more, and names no other page`;
    expect(() => nextStart('ZEXAMPLE', given, start)).toThrow(
      expect.objectContaining({ code: 'PROVIDER_BAD_RESPONSE', message }),
    );
  });
});

describe('the page after one of hosted zones', () => {
  it('is the one that it names, and none after the last', () => {
    expect(nextMarker({ IsTruncated: true, NextMarker: 'Z2' }, 'Z1')).toBe('Z2');
    expect(nextMarker({ IsTruncated: true, NextMarker: 'Z2' }, undefined)).toBe('Z2');
    expect(nextMarker({ IsTruncated: false, NextMarker: 'Z2' }, 'Z1')).toBeUndefined();
  });

  it.each([
    ['the same', 'Z1', 'Z1'],
    ['none', undefined, 'Z1'],
    ['none after the first', undefined, undefined],
  ])('is an error where it is the same again, or none though there is more: %s', (_, NextMarker, marker) => {
    expect(() => nextMarker({ IsTruncated: true, NextMarker }, marker)).toThrow(
      expect.objectContaining({ code: 'PROVIDER_BAD_RESPONSE' }),
    );
  });
});
