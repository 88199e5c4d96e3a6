import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { parseAllDocuments } from 'yaml';

import { splitDocuments } from './split-documents.ts';

describe('a file of several documents', () => {
  it.each<[string, [text: string, firstLine: number][]]>([
    ['', []],
    ['a: 1', [['a: 1', 1]]],
    [
      'a: 1\n---\nb: 2\n',
      [
        ['a: 1\n', 1],
        ['---\nb: 2\n', 2],
      ],
    ],
    [
      '---\na: 1\n---\nb: 2',
      [
        ['---\na: 1\n', 1],
        ['---\nb: 2', 3],
      ],
    ],
    [
      '# c\n\n---\na: 1',
      [
        ['# c\n\n', 1],
        ['---\na: 1', 3],
      ],
    ],
    [
      'a: 1\r\n--- # x\r\nb: 2',
      [
        ['a: 1\r\n', 1],
        ['--- # x\r\nb: 2', 2],
      ],
    ],
    ['%YAML 1.1\n---\na: no', [['%YAML 1.1\n---\na: no', 1]]],
    ['a: ---\nb: " ---"\n----\n', [['a: ---\nb: " ---"\n----\n', 1]]],
  ])('is cut at its markers: %j', (file, expected) => {
    expect(splitDocuments(file).map(({ text, firstLine }) => [text, firstLine])).toEqual(expected);
  });

  it('loses nothing, and is cut where the YAML parser cuts', () => {
    const line = fc.constantFrom('a: 1', '---', '--- b', '# c', '', '  x: y', '- z', '--', '----', '...', 'k: |', '   ---');
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
        const file = lines.join('\n');
        const parts = splitDocuments(file);
        expect(parts.map(({ text }) => text).join('')).toBe(file);
        for (const { text, firstLine } of parts)
          expect(
            file
              .split('\n')
              .slice(firstLine - 1)
              .join('\n')
              .startsWith(text),
          ).toBe(true);
        const whole = parseAllDocuments(file);
        if (whole.some((document) => document.errors.length > 0)) return;
        const values = (text: string): unknown[] => Array.from(parseAllDocuments(text), (document): unknown => document.toJS());
        const isEmpty = (value: unknown): boolean => value === null || value === undefined;
        expect(parts.flatMap(({ text }) => values(text)).filter((value) => !isEmpty(value))).toEqual(
          values(file).filter((value) => !isEmpty(value)),
        );
      }),
    );
  });
});
