import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { objectText } from './object-text.ts';

const parse = (text: string): unknown => JSON.parse(objectText(Buffer.from(text)));

describe('the text of an object', () => {
  it('parses to the object without its managed fields, whatever they and the rest of it are', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.array(fc.jsonValue()),
        fc.boolean(),
        (rest, managedFields, isEvent) => {
          const object = (fields: unknown): object => ({
            metadata: { a: '"managedFields":[', managedFields: fields, z: rest },
            spec: rest,
          });
          const wrap = (fields: unknown): object => (isEvent ? { type: 'ADDED', object: object(fields) } : object(fields));
          const expected: unknown = JSON.parse(JSON.stringify(wrap([])));
          expect(parse(JSON.stringify(wrap(managedFields)))).toEqual(expected);
        },
      ),
    );
  });

  it.each([
    '{"metadata":{"name":"x"}}',
    '{ "metadata": { "managedFields": [1] } }',
    '{"managedFields":[',
    '{"managedFields":["]',
  ])('is left alone: %s', (text) => {
    expect(objectText(Buffer.from(text))).toBe(text);
  });
});
