import { describe, expect, it } from '@jest/globals';

import { abridgeMessage, isFailure, ParseFailure } from './failure.ts';
import { scanUnicodeName } from './name/idna.ts';
import { nameOf, scanName } from './name/owner-name.ts';
import { scanRdataText } from './rr/rdata-text.ts';
import { scanRecord } from './rr/record-text.ts';
import { TYPE } from './rr/rr-type.ts';
import { scanDuration } from './rr/ttl.ts';
import { readZoneFile } from './zone-file/read-zone-file.ts';

describe('a failure’s message', () => {
  it('stands as it is up to 400 characters', () => {
    const message = 'x'.repeat(400);
    expect(new ParseFailure('BAD_FIELD', message).message).toBe(message);
  });

  it('keeps its beginning and its end where it is longer', () => {
    const { message } = new ParseFailure('BAD_FIELD', `"${'x'.repeat(1_000)}" is no number from 0 to 255`);
    expect(message).toMatch(/^"x{246}\.\.\.x+" is no number from 0 to 255$/);
    expect(message).toHaveLength(400);
  });

  it('has no half of a character where it is cut', () => {
    for (const pad of ['', 'x']) expect(abridgeMessage(pad + '\u{1F600}'.repeat(1_000)).isWellFormed()).toBe(true);
  });

  const long = 'y'.repeat(900_000);
  it.each<[string, () => unknown]>([
    ['a relative name', () => scanName(long)],
    ['a label that is too long', () => scanName(`${long}.`)],
    ['an empty label', () => scanName(`a..${long}.`)],
    ['a name outside ASCII', () => scanName(`\u00e9${long}`)],
    ['a name to be mapped', () => scanUnicodeName(`\u00e9${long}`)],
    ['a type', () => scanRecord(`a 5 ${long} x`)],
    ['a TTL', () => scanRecord(`a 5${long} A 192.0.2.1`)],
    ['a duration', () => scanDuration(`1${long}`)],
    ['an address', () => scanRdataText(TYPE.A, long)],
    ['a number', () => scanRdataText(TYPE.MX, `${long} a.`)],
    ['a length', () => scanRdataText(TYPE.A, `\\# ${long}`)],
    ['a field too many', () => scanRdataText(TYPE.A, `192.0.2.1 ${long}`)],
    ['a service parameter', () => scanRdataText(TYPE.SVCB, `1 . ${long}`)],
    ['a protocol', () => scanRdataText(TYPE.SVCB, `1 . alpn=${long}`)],
    ['a LOC angle', () => scanRdataText(TYPE.LOC, long)],
  ])('does not repeat %s of a megabyte', (_, scan) => {
    const failure = scan();
    expect(isFailure(failure) ? failure.message.length : 'no failure').toBeLessThanOrEqual(400);
  });

  it.each([
    ['an owner', `${long} 5 TXT x`],
    ['a type', `a 5 ${long} x`],
    ['a directive', `$${long}`],
    ['an origin', `$ORIGIN ${long}..`],
    ['octets that are no UTF-8', `a 5 TXT "${long}\uFFFD"`],
  ])('does not repeat %s of a megabyte in a diagnostic of a zone file', (_, text) => {
    const [diagnostic] = readZoneFile(text, { file: 'f', origin: nameOf('x') }, () => {});
    expect(diagnostic?.message.length).toBeLessThanOrEqual(400);
  });
});
