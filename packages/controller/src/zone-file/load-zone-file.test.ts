import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { nameOf, printDiagnostic, type Zone, zoneBuilder } from '@kubezone/core';

import { type LoadedZoneFile, loadZoneFile, type ZoneFileSource } from './load-zone-file.ts';

const HEAD = '@ 60 SOA ns h 1 2 3 4 5\n@ 60 NS ns\nns 60 A 192.0.2.53\n';

let base = '';

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'kubezone-zone-file-'));
});

afterEach(() => rmSync(base, { recursive: true }));

function write(path: string, text: string | Uint8Array): void {
  mkdirSync(dirname(join(base, path)), { recursive: true });
  writeFileSync(join(base, path), text);
}

function load(path: string, options: Partial<ZoneFileSource<Zone>> = {}): LoadedZoneFile<Zone> {
  return loadZoneFile({ path: join(base, path), apex: nameOf('example'), createBuilder: zoneBuilder, ...options });
}

/** The names that were loaded, the zone's own aside. */
function namesOf({ zone }: LoadedZoneFile<Zone>): string[] {
  const names = Array.from(zone?.nodes() ?? [], ({ owner }) => owner as string);
  return names.filter((name) => name !== 'example.' && name !== 'ns.example.').toSorted();
}

/** The diagnostics, with the folder taken out. */
function printed({ diagnostics }: LoadedZoneFile<Zone>): string[] {
  return diagnostics.map((one) => printDiagnostic(one).replaceAll(`${base}/`, ''));
}

describe('loadZoneFile', () => {
  it('makes a zone of a file and what it includes, each path relative to the file that names it', () => {
    write('zones/example.zone', `${HEAD}$INCLUDE parts/a.inc sub\n`);
    write('zones/parts/a.inc', 'a 60 TXT x\n$INCLUDE b.inc\n$INCLUDE ../c.inc\n');
    write('zones/parts/b.inc', 'b 60 TXT x\n');
    write('zones/c.inc', 'c 60 TXT x\n');
    const loaded = load('zones/example.zone');
    expect(printed(loaded)).toEqual([]);
    expect(namesOf(loaded)).toEqual(['a.sub.example.', 'b.sub.example.', 'c.sub.example.', 'sub.example.']);
    expect([...loaded.fingerprints.keys()].map((path) => path.slice(base.length + 1))).toEqual([
      'zones/example.zone',
      'zones/parts/a.inc',
      'zones/parts/b.inc',
      'zones/c.inc',
    ]);
  });

  it('gives records without TTL the configured one', () => {
    write('example.zone', HEAD.replaceAll(' 60 ', ' '));
    const { zone } = load('example.zone', { defaultTtl: 7 });
    // MINIMUM precedes it.
    expect(zone?.soa.ttl).toBe(5);
    write('example.zone', 'a TXT x\n');
    expect(printed(load('example.zone'))[0]).toContain('[NO_TTL]');
    expect(printed(load('example.zone', { defaultTtl: 7 }))).toEqual([
      'error: example. has no SOA: the zone cannot be served [SOA_MISSING]',
    ]);
  });

  it('serves what can be read, and tells what cannot', () => {
    write('example.zone', `${HEAD}a 60 A nonsense\nb 60 TXT x\nc.other. 60 TXT x\n$INCLUDE missing.inc\n`);
    const loaded = load('example.zone');
    expect(namesOf(loaded)).toEqual(['b.example.']);
    expect(printed(loaded)).toEqual([
      expect.stringMatching(/^example\.zone:4:8: error: .*"nonsense".* \[BAD_FIELD\]$/),
      'example.zone:7:10: error: missing.inc: no such file [FILE_UNREADABLE]',
      'example.zone:6:1: error: c.other. TXT: the owner is not in the zone example. [OUT_OF_ZONE]',
    ]);
  });

  it.each<[string, () => void, string]>([
    ['is missing', () => {}, 'example.zone: error: example.zone: no such file [FILE_UNREADABLE]'],
    [
      'is a folder',
      () => mkdirSync(join(base, 'example.zone')),
      'example.zone: error: example.zone is no regular file [FILE_UNREADABLE]',
    ],
    [
      'is a named pipe, which nobody writes to',
      () => execFileSync('mkfifo', [join(base, 'example.zone')]),
      'example.zone: error: example.zone is no regular file [FILE_UNREADABLE]',
    ],
    [
      'is a link to itself',
      () => symlinkSync('example.zone', join(base, 'example.zone')),
      'example.zone: error: example.zone: a loop of symbolic links [FILE_UNREADABLE]',
    ],
  ])('makes no zone where the file %s', (_, make, message) => {
    make();
    const loaded = load('example.zone');
    expect(loaded.zone).toBeUndefined();
    expect(printed(loaded)).toEqual([message]);
    expect([...loaded.fingerprints.keys()]).toEqual([join(base, 'example.zone')]);
  });

  it('reports octets that are no UTF-8', () => {
    write(
      'example.zone',
      Buffer.concat([Buffer.from(`${HEAD}a 60 TXT "`), Buffer.of(0xff), Buffer.from('"\nb 60 TXT "\u00e9"\n')]),
    );
    const loaded = load('example.zone');
    expect(printed(loaded)).toEqual([expect.stringMatching(/^example\.zone:4:10: error: .* \[BAD_ENCODING\]$/)]);
    expect(namesOf(loaded)).toEqual(['b.example.']);
  });

  it('reads no more octets than allowed, in all files together', () => {
    write('example.zone', `${HEAD}$INCLUDE a.inc\n$INCLUDE a.inc\n`);
    write('a.inc', `a 60 TXT ${'x'.repeat(200)}\n`);
    const messages = printed(load('example.zone', { maxOctets: 400 }));
    expect(messages).toEqual(["example.zone:5:10: error: a.inc: a zone's files may have 400 octets in all [FILE_TOO_LARGE]"]);
    expect(printed(load('example.zone', { maxOctets: 10 }))).toEqual([
      "example.zone: error: example.zone: a zone's files may have 10 octets in all [FILE_TOO_LARGE]",
    ]);
  });
});

describe('$INCLUDE', () => {
  beforeEach(() => {
    write('secret', 'secret 60 TXT secret\n');
    write('zones-of-others/x.inc', 'x 60 TXT x\n');
    mkdirSync(join(base, 'zones/sub'), { recursive: true });
  });

  it.each<[string, () => string]>([
    ['an absolute path outside the folder', () => join(base, 'secret')],
    ['a path that climbs out', () => '../secret'],
    ['a path that climbs out and back in by another name', () => '../zones-of-others/x.inc'],
    ['a path that climbs out from below', () => 'sub/../../secret'],
    [
      'a link that leads outside',
      () => {
        symlinkSync('../secret', join(base, 'zones/link'));
        return 'link';
      },
    ],
    [
      'a path through a folder that is a link',
      () => {
        symlinkSync(base, join(base, 'zones/up'));
        return 'up/secret';
      },
    ],
  ])('refuses %s', (_, make) => {
    const path = make();
    write('zones/example.zone', `${HEAD}$INCLUDE ${path}\nend 60 TXT x\n`);
    const loaded = load('zones/example.zone');
    expect(printed(loaded)).toEqual([
      expect.stringMatching(
        /^zones\/example\.zone:4:10: error: .* leads outside .*the folder of the zone file \[INCLUDE_REFUSED\]$/,
      ),
    ]);
    expect(namesOf(loaded)).toEqual(['end.example.']);
  });

  it('refuses the folder itself', () => {
    write('zones/example.zone', `${HEAD}$INCLUDE .\n`);
    expect(printed(load('zones/example.zone'))).toEqual([expect.stringContaining('[INCLUDE_REFUSED]')]);
  });

  it('reads an absolute path and a link inside the folder', () => {
    write('zones/sub/a.inc', 'a 60 TXT x\n');
    symlinkSync('sub/a.inc', join(base, 'zones/b.inc'));
    write('zones/example.zone', `${HEAD}$INCLUDE ${join(base, 'zones/sub/a.inc')}\n$INCLUDE b.inc b\n`);
    const loaded = load('zones/example.zone');
    expect(printed(loaded)).toEqual([]);
    expect(namesOf(loaded)).toEqual(['a.b.example.', 'a.example.', 'b.example.']);
  });

  it('reads what a mounted ConfigMap holds, where every file is a link into a folder beside it', () => {
    write('zones/..2026_11_22/example.zone', `${HEAD}$INCLUDE a.inc\n`);
    write('zones/..2026_11_22/a.inc', 'a 60 TXT x\n');
    symlinkSync('..2026_11_22', join(base, 'zones/..data'));
    for (const name of ['example.zone', 'a.inc']) symlinkSync(`..data/${name}`, join(base, 'zones', name));
    const loaded = load('zones/example.zone');
    expect(printed(loaded)).toEqual([]);
    expect(namesOf(loaded)).toEqual(['a.example.']);
  });

  it('is held to the folder in which a linked zone file is named', () => {
    write('elsewhere/real.zone', `${HEAD}$INCLUDE part.inc\n`);
    write('elsewhere/part.inc', 'wrong 60 TXT x\n');
    write('zones/part.inc', 'right 60 TXT x\n');
    symlinkSync('../elsewhere/real.zone', join(base, 'zones/example.zone'));
    expect(namesOf(load('zones/example.zone'))).toEqual(['right.example.']);
  });

  it('reports a path with a zero octet as unreadable', () => {
    write('zones/example.zone', `${HEAD}$INCLUDE a\\000b\n`);
    expect(printed(load('zones/example.zone'))).toEqual([expect.stringContaining('[FILE_UNREADABLE]')]);
  });

  it('finds loops', () => {
    write('zones/example.zone', `${HEAD}$INCLUDE sub/a.inc\n`);
    write('zones/sub/a.inc', 'a 60 TXT x\n$INCLUDE ../example.zone\n');
    expect(printed(load('zones/example.zone'))).toEqual([
      'zones/sub/a.inc:2:10: error: zones/example.zone is included by itself: it is being read already [INCLUDE_LOOP]',
    ]);
  });
});
