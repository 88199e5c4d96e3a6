import { describe, expect, it } from '@jest/globals';

import { nameOf } from '../name/owner-name.ts';
import { printRecord } from '../rr/record-text.ts';
import { type Diagnostic, printDiagnostic } from '../zone/diagnostic.ts';
import type { IncludeReader, ZoneFileOptions } from './reading.ts';
import { readZoneFile } from './read-zone-file.ts';

interface ReadFile {
  readonly records: readonly string[];
  readonly locations: readonly string[];
  readonly diagnostics: readonly string[];
}

/** Reads a text as `db.example`, with origin example. and TTL 60 where nothing gives another. */
function read(text: string, options: Partial<ZoneFileOptions> = {}): ReadFile {
  const records: string[] = [];
  const locations: string[] = [];
  const diagnostics: Diagnostic[] = readZoneFile(
    text,
    { file: 'db.example', origin: nameOf('example'), defaultTtl: 60, ...options },
    (record, { file, line, column }) => {
      records.push(printRecord(record));
      locations.push(`${file}:${line}:${column}`);
    },
  );
  return { records, locations, diagnostics: diagnostics.map(printDiagnostic) };
}

/** An include reader over texts. A path under `/` is refused, one that is not given cannot be read. */
function filesOf(files: Record<string, string>): IncludeReader {
  return (path) => {
    if (path.startsWith('/')) return { kind: 'refusal', code: 'INCLUDE_REFUSED', message: `${path} is outside` };
    const text = files[path];
    if (text === undefined) return { kind: 'refusal', code: 'FILE_UNREADABLE', message: `${path}: no such file` };
    return { kind: 'text', file: path, text };
  };
}

describe('an entry of many megabytes', () => {
  it.each([
    ['a string', '"', 'x', '"'],
    ['a string of escapes', '"', '\\"', '"'],
    ['a string that is not closed', '"', 'x', ''],
    ['a word', '', 'x', ''],
    ['a comment', ';', 'x', '\n'],
  ])('is reported, and costs no more than itself, where it is %s', (_, head, part, tail) => {
    const text = `a 5 TXT ( ${head}${part.repeat(16_000_000 / part.length)}${tail}\n)\nb 5 TXT x`;
    const { records, diagnostics } = read(text);
    expect(records).toEqual(['b.example. 5 IN TXT "x"']);
    expect(diagnostics[0]).toMatch(/ENTRY_TOO_LONG|UNBALANCED/);
  });
});

describe('readZoneFile', () => {
  it.each<[string, string, string[]]>([
    ['takes an absolute owner as it is', 'www.example.net. 5 IN A 192.0.2.1', ['www.example.net. 5 IN A 192.0.2.1']],
    ['completes relative names by the origin', 'www 5 IN CNAME host', ['www.example. 5 IN CNAME host.example.']],
    ['takes @ for the origin', '@ 5 MX 1 @', ['example. 5 IN MX 1 example.']],
    ['takes TTL before class', 'a 5 IN A 192.0.2.1', ['a.example. 5 IN A 192.0.2.1']],
    ['takes class before TTL', 'a IN 5 A 192.0.2.1', ['a.example. 5 IN A 192.0.2.1']],
    ['takes units in TTLs', 'a 1h30m A 192.0.2.1', ['a.example. 5400 IN A 192.0.2.1']],
    ['takes types and classes in any case', 'a 5 in aaaa 2001:DB8::1', ['a.example. 5 IN AAAA 2001:db8::1']],
    [
      'takes any other class by name or number',
      'a 5 CH TXT x\nb 5 CLASS300 TXT x',
      ['a.example. 5 CH TXT "x"', 'b.example. 5 CLASS300 TXT "x"'],
    ],
    [
      'gives a blank owner the last one',
      'a 5 A 192.0.2.1\n\t5 A 192.0.2.2\n 5 TXT x',
      ['a.example. 5 IN A 192.0.2.1', 'a.example. 5 IN A 192.0.2.2', 'a.example. 5 IN TXT "x"'],
    ],
    [
      'reads owners in quotes',
      '"a" 5 TXT x\n"b c" 5 TXT x\n"$TTL" 5 TXT x',
      ['a.example. 5 IN TXT "x"', String.raw`b\032c.example. 5 IN TXT "x"`, String.raw`\$ttl.example. 5 IN TXT "x"`],
    ],
    ['reads unknown types', 'a 5 TYPE65280 \\# 3 01 02 03', ['a.example. 5 IN TYPE65280 \\# 3 010203']],
    [
      'reads known types in generic form',
      'a 5 A \\# 4 C0000201\na 5 TYPE1 192.0.2.2',
      ['a.example. 5 IN A 192.0.2.1', 'a.example. 5 IN A 192.0.2.2'],
    ],
    ['reads escapes in names', String.raw`a\.b\032c\$ 5 TXT \"q\"`, [String.raw`a\.b\032c\$.example. 5 IN TXT "\"q\""`]],
    ['keeps blanks, comments and parentheses in quotes', 'a 5 TXT "x ; (y" z', ['a.example. 5 IN TXT "x ; (y" "z"']],
    ['keeps characters outside ASCII as UTF-8', 'a 5 TXT "\u00e9"', [String.raw`a.example. 5 IN TXT "\195\169"`]],
    ['skips comments and empty lines', '; head\n\n  ; indented\na 5 A 192.0.2.1 ; tail\n', ['a.example. 5 IN A 192.0.2.1']],
    [
      'takes parentheses over lines, and comments in them',
      'a 5 TXT ( "x" ; (\n\n"y" )\nb 5 TXT z',
      ['a.example. 5 IN TXT "x" "y"', 'b.example. 5 IN TXT "z"'],
    ],
    [
      'does not take a line in parentheses for one with a blank owner',
      'a 5 (\n IN A\n192.0.2.1\n)\n',
      ['a.example. 5 IN A 192.0.2.1'],
    ],
    ['takes CRLF', 'a 5 A 192.0.2.1\r\n 5 TXT ( x\r\n y )\r\n', ['a.example. 5 IN A 192.0.2.1', 'a.example. 5 IN TXT "x" "y"']],
    [
      'takes lone carriage returns for line ends',
      'a 5 A 192.0.2.1\rb 5 A 192.0.2.2\r',
      ['a.example. 5 IN A 192.0.2.1', 'b.example. 5 IN A 192.0.2.2'],
    ],
    ['skips a byte order mark', '\uFEFFa 5 A 192.0.2.1', ['a.example. 5 IN A 192.0.2.1']],
    [
      'reads a name that is the mnemonic of a type',
      'a 5 A 192.0.2.1\nmx 5 MX 1 mx\n',
      ['a.example. 5 IN A 192.0.2.1', 'mx.example. 5 IN MX 1 mx.example.'],
    ],
    ['reads nothing in nothing', '', []],
  ])('%s', (_, text, records) => {
    expect(read(text)).toMatchObject({ records, diagnostics: [] });
  });

  it('reads RFC 1035’s own example', () => {
    const text = `@   IN  SOA     VENERA      Action\\.domains (
                                 20     ; SERIAL
                                 7200   ; REFRESH
                                 600    ; RETRY
                                 3600000; EXPIRE
                                 60)    ; MINIMUM

        NS      A.ISI.EDU.
        NS      VENERA
        MX      10      VENERA

A       A       26.3.0.103

VENERA  A       10.1.0.52
        A       128.9.0.32
`;
    const { records, diagnostics, locations } = read(text, { origin: nameOf('isi.edu') });
    expect(diagnostics).toEqual([]);
    expect(records).toEqual([
      String.raw`isi.edu. 60 IN SOA VENERA.isi.edu. Action\.domains.isi.edu. 20 7200 600 3600000 60`,
      'isi.edu. 60 IN NS A.ISI.EDU.',
      'isi.edu. 60 IN NS VENERA.isi.edu.',
      'isi.edu. 60 IN MX 10 VENERA.isi.edu.',
      'a.isi.edu. 60 IN A 26.3.0.103',
      'venera.isi.edu. 60 IN A 10.1.0.52',
      'venera.isi.edu. 60 IN A 128.9.0.32',
    ]);
    expect(locations).toEqual([
      'db.example:1:1',
      'db.example:8:9',
      'db.example:9:9',
      'db.example:10:9',
      'db.example:12:1',
      'db.example:14:1',
      'db.example:15:9',
    ]);
  });

  describe('$ORIGIN', () => {
    it('completes the names that follow, and is itself completed by the origin before it', () => {
      expect(read('$ORIGIN sub\na 5 CNAME b\n$origin net. ; comment\na 5 CNAME b').records).toEqual([
        'a.sub.example. 5 IN CNAME b.sub.example.',
        'a.net. 5 IN CNAME b.net.',
      ]);
    });

    it('does not change the owner that a blank stands for', () => {
      expect(read('a 5 TXT x\n$ORIGIN sub\n 5 TXT y').records[1]).toBe('a.example. 5 IN TXT "y"');
    });

    it('leaves out, where it cannot be read, what follows up to the next one', () => {
      const { records, diagnostics } = read(
        'a 5 TXT x\n$ORIGIN b..c\nd 5 TXT x\n$INCLUDE f\n$ORIGIN relative\ne 5 TXT x\n$ORIGIN net.\nf 5 TXT x',
      );
      expect(records).toEqual(['a.example. 5 IN TXT "x"', 'f.net. 5 IN TXT "x"']);
      expect(diagnostics).toEqual([
        'db.example:2:9: error: $ORIGIN: empty label in name "b..c"; all entries up to the next $ORIGIN are left out [NAME_EMPTY_LABEL]',
        'db.example:5:9: error: $ORIGIN: name "relative" has no final dot; all entries up to the next $ORIGIN are left out [NAME_RELATIVE]',
      ]);
    });
  });

  describe('a record without TTL', () => {
    const soa = '@ SOA ns h 1 2 3 4 77';
    it.each<[string, string, string]>([
      ['has that of $TTL', '$TTL 1d\na 5 TXT x\na TXT y', 'a.example. 86400 IN TXT "y"'],
      ['has that of the last $TTL', '$TTL 1d\n$TTL 10\na TXT y', 'a.example. 10 IN TXT "y"'],
      ['has the last one stated where there is no $TTL', 'a 5 TXT x\nb 6 TXT x\na TXT y', 'a.example. 6 IN TXT "y"'],
      ['has the SOA’s MINIMUM where none was stated', `${soa}\na TXT y`, 'a.example. 77 IN TXT "y"'],
      ['has the SOA’s MINIMUM also if it is the SOA', soa, 'example. 77 IN SOA ns.example. h.example. 1 2 3 4 77'],
      ['has the one stated before the SOA’s MINIMUM', `@ 5 SOA ns h 1 2 3 4 77\na TXT y`, 'a.example. 5 IN TXT "y"'],
      ['has the configured one where the file has none', 'a TXT y', 'a.example. 60 IN TXT "y"'],
    ])('%s', (_, text, record) => {
      expect(read(text).records.at(-1)).toBe(record);
    });

    it('is left out where there is none at all', () => {
      const diagnostics: Diagnostic[] = readZoneFile('\n a TXT y\nb TXT y', { file: 'f', origin: nameOf('x') }, () => {});
      expect(diagnostics.map(printDiagnostic)).toEqual([
        'f:2:2: error: the entry has no owner name, and none before it was read [NO_OWNER]',
        'f:3:1: error: the record of b.x. has no TTL, and there is no $TTL before it [NO_TTL]',
      ]);
    });
  });

  describe('a TTL above 2^31-1', () => {
    const says = 'is longer than 2147483647 seconds, and counts as 0 (RFC 2181, section 8) [TTL_TOO_LARGE]';

    it.each<[string, string, string[], string[]]>([
      ['of a record', 'a 2147483648 A 192.0.2.1', ['a.example. 0 IN A 192.0.2.1'], [`1:3: warning: the TTL 2147483648 ${says}`]],
      [
        'behind the class',
        'a IN 4294967295 A 192.0.2.1',
        ['a.example. 0 IN A 192.0.2.1'],
        [`1:6: warning: the TTL 4294967295 ${says}`],
      ],
      [
        'of a name of digits',
        '1 3551w A 192.0.2.1',
        ['1.example. 0 IN A 192.0.2.1'],
        [`1:3: warning: the TTL 2147644800 ${says}`],
      ],
      [
        'of $TTL',
        '$TTL 2147483648\na A 192.0.2.1',
        ['a.example. 0 IN A 192.0.2.1'],
        [`1:6: warning: the TTL 2147483648 ${says}`],
      ],
      [
        'stated before a record without TTL',
        'a 2147483648 TXT x\nb TXT y',
        ['a.example. 0 IN TXT "x"', 'b.example. 0 IN TXT "y"'],
        [`1:3: warning: the TTL 2147483648 ${says}`],
      ],
      ['from the SOA’s MINIMUM', '@ SOA n. h. 1 2 3 4 4294967295', ['example. 0 IN SOA n. h. 1 2 3 4 4294967295'], []],
      ['that is the largest is none', 'a 2147483647 A 192.0.2.1', ['a.example. 2147483647 IN A 192.0.2.1'], []],
    ])('%s counts as 0, with a warning', (_, text, records, diagnostics) => {
      expect(read(text)).toMatchObject({ records, diagnostics: diagnostics.map((line) => `db.example:${line}`) });
    });
  });

  describe('$INCLUDE', () => {
    const include = filesOf({
      'a.inc': 'in-a 5 TXT x\n$INCLUDE "b c.inc" deep\nafter-b 5 TXT x',
      'b c.inc': '@ 5 TXT y\n$ORIGIN net.\nq 5 TXT y',
      'blank.inc': ' 5 TXT inherited\nx 5 TXT x',
      'ttl.inc': '$TTL 99',
      'bad.inc': 'one 5 TXT x\ntwo 5 A nonsense\nthree 5 TXT x',
    });

    it('reads the file with the origin it gives, and goes on with its own', () => {
      const { records, locations, diagnostics } = read('$INCLUDE a.inc sub ; comment\nend 5 TXT x', { include });
      expect(diagnostics).toEqual([]);
      expect(records).toEqual([
        'in-a.sub.example. 5 IN TXT "x"',
        'deep.sub.example. 5 IN TXT "y"',
        'q.net. 5 IN TXT "y"',
        'after-b.sub.example. 5 IN TXT "x"',
        'end.example. 5 IN TXT "x"',
      ]);
      expect(locations).toEqual(['a.inc:1:1', 'b c.inc:1:1', 'b c.inc:3:1', 'a.inc:3:1', 'db.example:2:1']);
    });

    it('hands the owner in, and has its own again afterwards', () => {
      expect(read('o 5 TXT x\n$INCLUDE blank.inc\n 5 TXT z', { include }).records).toEqual([
        'o.example. 5 IN TXT "x"',
        'o.example. 5 IN TXT "inherited"',
        'x.example. 5 IN TXT "x"',
        'o.example. 5 IN TXT "z"',
      ]);
    });

    it('keeps the $TTL of the included file, as BIND and NSD do', () => {
      expect(read('$INCLUDE ttl.inc\na TXT x', { include }).records).toEqual(['a.example. 99 IN TXT "x"']);
    });

    it('names the included file in what is wrong there, and reads on in both', () => {
      const { records, diagnostics } = read('$INCLUDE bad.inc\nend 5 TXT x', { include });
      expect(records.map((record) => record.split(' ')[0])).toEqual(['one.example.', 'three.example.', 'end.example.']);
      expect(diagnostics).toEqual([expect.stringMatching(/^bad\.inc:2:9: error: .*"nonsense".* \[BAD_FIELD\]$/)]);
    });

    it.each<[string, string]>([
      ['$INCLUDE /etc/passwd', '1:10: error: /etc/passwd is outside [INCLUDE_REFUSED]'],
      ['$INCLUDE missing', '1:10: error: missing: no such file [FILE_UNREADABLE]'],
      ['$INCLUDE', '1:1: error: $INCLUDE has a file as its argument, and may have an origin [BAD_DIRECTIVE]'],
      ['$INCLUDE a.inc b c', '1:18: error: $INCLUDE has a file as its argument, and may have an origin [BAD_DIRECTIVE]'],
      ['$INCLUDE a.inc b..c', '1:16: error: the origin of $INCLUDE: empty label in name "b..c" [NAME_EMPTY_LABEL]'],
    ])('tells why "%s" is not followed', (text, message) => {
      expect(read(`${text}\nend 5 TXT x`, { include })).toEqual({
        records: ['end.example. 5 IN TXT "x"'],
        locations: ['db.example:2:1'],
        diagnostics: [`db.example:${message}`],
      });
    });

    it('is refused where no reader is given', () => {
      expect(read('$INCLUDE a.inc').diagnostics).toEqual([
        'db.example:1:10: error: includes are not allowed here [INCLUDE_REFUSED]',
      ]);
    });

    it('finds loops, of one file and of two', () => {
      const loop = filesOf({
        'db.example': 'x',
        self: 'a 5 TXT x\n$INCLUDE self\nb 5 TXT x',
        one: '$INCLUDE two',
        two: '$INCLUDE one',
      });
      expect(read('$INCLUDE self', { include: loop })).toMatchObject({
        records: ['a.example. 5 IN TXT "x"', 'b.example. 5 IN TXT "x"'],
        diagnostics: ['self:2:10: error: self is included by itself: it is being read already [INCLUDE_LOOP]'],
      });
      expect(read('$INCLUDE one', { include: loop }).diagnostics).toHaveLength(1);
      expect(read('$INCLUDE db.example', { include: loop }).diagnostics).toHaveLength(1);
    });

    it('reads one file twice where it is no loop', () => {
      expect(read('$INCLUDE ttl.inc\n$INCLUDE ttl.inc\na TXT x', { include }).diagnostics).toEqual([]);
    });

    it('is nested ten deep and no deeper', () => {
      const nested: IncludeReader = (path) => ({
        kind: 'text',
        file: path,
        text: `a 5 TXT ${path}\n$INCLUDE ${Number(path) + 1}`,
      });
      const { records, diagnostics } = read('$INCLUDE 1', { include: nested });
      expect(records).toHaveLength(10);
      expect(diagnostics).toEqual(['10:2:10: error: includes are nested more than 10 deep [INCLUDE_LOOP]']);
    });
  });

  /** A fault, where and by which code it is reported, and the records that are read all the same. */
  it.each<[string, string, string[], string[]]>([
    ['an unknown type', 'a 5 AAAAA 1\nb 5 TXT x', ['1:5 UNKNOWN_TYPE'], ['b']],
    ['a bad address', 'a 5 A 192.0.2.300\nb 5 TXT x', ['1:7 BAD_FIELD'], ['b']],
    ['missing rdata', 'a 5 MX\nb 5 TXT x', ['1:5 FIELD_COUNT'], ['b']],
    ['too much rdata', 'a 5 A 192.0.2.1 192.0.2.2\nb 5 TXT x', ['1:17 FIELD_COUNT'], ['b']],
    ['a TTL that is no number of 32 bits', 'a 4294967296 A 192.0.2.1\nb 5 TXT x', ['1:3 BAD_FIELD'], ['b']],
    ['an owner without a record', 'a\nb 5 TXT x', ['1:1 FIELD_COUNT'], ['b']],
    [
      'a bad owner, whose blank-owner records go with it',
      'a..b 5 TXT x\n 5 TXT y\nb 5 TXT x',
      ['1:1 NAME_EMPTY_LABEL', '2:2 NO_OWNER'],
      ['b'],
    ],
    ['an unknown directive', '$GENERATE 1-3 a$ A 192.0.2.$\nb 5 TXT x', ['1:1 BAD_DIRECTIVE'], ['b']],
    ['a bad $TTL', '$TTL soon\nb TXT x', ['1:6 BAD_FIELD'], ['b']],
    ['a $TTL without argument', '$TTL\nb TXT x', ['1:1 BAD_DIRECTIVE'], ['b']],
    ['a second argument of $ORIGIN', '$ORIGIN a b\nb TXT x', ['1:11 BAD_DIRECTIVE'], []],
    ['an octet that was no UTF-8', 'a 5 TXT "\uFFFD"\nb 5 TXT x', ['1:9 BAD_ENCODING'], ['b']],
    ['a quote that is not closed', 'a 5 TXT "x\n 5 TXT y\nb 5 TXT x', ['1:9 UNBALANCED'], ['a', 'b']],
    ['a quote that is not closed, in parentheses', 'a 5 TXT ( "x\n"y" ; )\n)\nb 5 TXT x', ['1:11 UNBALANCED'], ['b']],
    ['a parenthesis that is closed only', 'a 5 TXT x )\nb 5 TXT x', ['1:11 UNBALANCED'], ['b']],
    ['a fault on a later line of an entry', 'a 5 TXT (\n x\n"y"z )\n 5 TXT y\nb 5 TXT x', ['3:4 UNBALANCED'], ['a', 'b']],
    ['a field on a later line of an entry', '@ 5 SOA ns h (\n 1 2\n  x 4 5 )\nb 5 TXT x', ['3:3 BAD_FIELD'], ['b']],
  ])('reports %s, and reads on', (_, text, says, owners) => {
    const { records, diagnostics } = read(text);
    expect(diagnostics.map((line) => line.replace(/^db\.example:(\d+:\d+): error: .* \[(\w+)\]$/, '$1 $2'))).toEqual(says);
    expect(records.map((record) => record.replace(/\.example\..*/, ''))).toEqual(owners);
  });

  it('loses, where a parenthesis is forgotten, only the entry that it belongs to', () => {
    const { records, diagnostics } = read('a 5 TXT ( x\n y\nb 5 TXT x\nc 5 TXT ( x\n y )\nd 5 TXT x');
    expect(records).toEqual(['b.example. 5 IN TXT "x"', 'c.example. 5 IN TXT "x" "y"', 'd.example. 5 IN TXT "x"']);
    expect(diagnostics[0]).toMatch(/^db\.example:1:9: error: .*parenthesis.* \[UNBALANCED\]$/);
  });

  it('loses no more where the last parenthesis is forgotten', () => {
    const { records, diagnostics } = read('a 5 TXT ( x\nb 5 TXT x\nc 5 TXT x');
    expect(records).toEqual(['b.example. 5 IN TXT "x"', 'c.example. 5 IN TXT "x"']);
    expect(diagnostics).toEqual([expect.stringMatching(/^db\.example:1:9: error: .*parenthesis.* \[UNBALANCED\]$/)]);
  });

  it('reads no entry that is longer than a record can be', () => {
    const line = `a 5 TXT ${'x '.repeat(2 ** 19)}`;
    const { records, diagnostics } = read(`${line}\nb 5 TXT (\n${'"x"\n'.repeat(2 ** 18)})\nc 5 TXT x`);
    expect(records).toEqual(['c.example. 5 IN TXT "x"']);
    expect(diagnostics).toEqual([
      'db.example:1:1: error: an entry has 1048585 characters; at most 1048576 are read [ENTRY_TOO_LONG]',
      'db.example:2:1: error: an entry has 1048588 characters; at most 1048576 are read [ENTRY_TOO_LONG]',
    ]);
  });

  it('counts lines and columns through CRLF, comments and several lines of parentheses', () => {
    const { locations, diagnostics } = read('; c\r\na 5 TXT (\r\n x\r\n)\r\n\r\n  5 TXT y\r\n\tb 5 A x\r\n');
    expect(locations).toEqual(['db.example:2:1', 'db.example:6:3']);
    expect(diagnostics).toEqual(['db.example:7:2: error: "b" is no RR type (an unknown one is written TYPEnnn) [UNKNOWN_TYPE]']);
  });

  it('lists 500 errors and counts the rest', () => {
    const { diagnostics } = read('a 5 A x\n'.repeat(1_000));
    expect(diagnostics).toHaveLength(501);
    expect(diagnostics.at(-1)).toBe('error: 500 more errors are not listed [MORE_DIAGNOSTICS]');
  });
});
