import { describe, expect, it } from '@jest/globals';
import { isFailure } from '@kubezone/core';
import * as fc from 'fast-check';

import { MalformedObject } from '../resources/fields.ts';
import { type LabelSelector, matchesLabels, printLabelSelector, selectorKeys } from './label-selector.ts';
import { readLabelSelector } from './read-label-selector.ts';
import { scanLabelSelector, scanSelectorUnion } from './scan-label-selector.ts';

function scanned(text: string): LabelSelector {
  const selector = scanLabelSelector(text);
  if (isFailure(selector)) throw new RangeError(selector.message);
  return selector;
}

describe('a label selector in text', () => {
  // The tables of k8s.io/apimachinery, pkg/labels/selector_test.go, and what they leave out.
  it.each([
    ['', {}, true],
    ['', { x: 'y' }, true],
    ['x=y', { x: 'y' }, true],
    ['x==y', { x: 'y' }, true],
    ['x=y,z=w', { x: 'y', z: 'w' }, true],
    ['x=y,z=w', { x: 'y' }, false],
    ['x=y,x!=z', { x: 'y' }, true],
    ['x!=y,z!=w', { x: 'z', z: 'a' }, true],
    ['notin=in', { notin: 'in' }, true],
    ['x', { x: 'z' }, true],
    ['!x', { y: 'z' }, true],
    ['!x', { x: 'z' }, false],
    ['! x', {}, true],
    ['x in (foo,bar)', { x: 'bar' }, true],
    ['x in ( foo , bar )', { x: 'foo' }, true],
    ['x in (foo)', {}, false],
    ['x notin (foo)', {}, true],
    ['x notin (foo,bar)', { x: 'foo' }, false],
    ['x!=foo', {}, true],
    ['x=', { x: '' }, true],
    ['x=', { x: 'a' }, false],
    ['x=', {}, false],
    ['x in (a,,b)', { x: '' }, true],
    ['x in ()', { x: '' }, true],
    ['x>1', { x: '2' }, true],
    ['x<1', { x: '0' }, true],
    ['x>1', { x: '1' }, false],
    ['x>1', { x: 'zwei' }, false],
    ['x>1', {}, false],
    ['x>9223372036854775806', { x: '9223372036854775807' }, true],
    ['example.com/x=y', { 'example.com/x': 'y' }, true],
    ['constructor', {}, false],
    ['in', { in: 'x' }, true],
    ['in in (in)', { in: 'in' }, true],
  ])('%j on %j: %j', (text, labels, expected) => {
    expect(matchesLabels(scanned(text), labels as Record<string, string>)).toBe(expected);
  });

  it.each([
    'x=y,',
    ',x=y',
    'x=y,,z=w',
    'x=y z=w',
    'x y',
    '!!!invalid',
    '!',
    'x in',
    'x in (a',
    'x in a',
    'x in (a b)',
    'x in (a),',
    'x>a',
    'x>',
    'x>1.5',
    'x===y',
    '=y',
    '(x)',
    'x=a/b',
    'x=-a',
    '-x=a',
    '/x=a',
    'A.com/x=a',
    'a/b/c=d',
    `x=${'a'.repeat(64)}`,
    `${'a'.repeat(64)}=x`,
    `${'a'.repeat(254)}/x`,
    'ü=x',
    'x'.repeat(5000),
  ])('is none: %s', (text) => {
    expect(isFailure(scanLabelSelector(text))).toBe(true);
  });

  it('says what is wrong with it', () => {
    const messages = ['x y', 'x=a/b', 'x=y,'].map((text) => {
      const found = scanLabelSelector(text);
      return isFailure(found) ? found.message : '';
    });
    expect(messages).toEqual([
      'in the label selector "x y": found "y", expected =, ==, !=, in, notin, < or >',
      'in the label selector "x=a/b": found the value "a/b" of "x", expected at most 63 letters, digits, "-", "_" and "."',
      'in the label selector "x=y,": found nothing after the last comma, expected "," or the end',
    ]);
  });

  it.each([
    ['app = service1', 'app=service1'],
    ['z==1 , a notin ( c,b ),!x, y , n>3,m!=1, q in (b,a)', '!x,a notin (b,c),m!=1,n>3,q in (a,b),y,z=1'],
    ['', ''],
  ])('is printed in one way: %j', (text, expected) => {
    expect(printLabelSelector(scanned(text))).toBe(expected);
  });

  it('means the same once it is printed', () => {
    const word = fc.stringMatching(/^[a-z0-9]([a-z0-9._-]{0,5}[a-z0-9])?$/);
    const requirement = fc.oneof(
      word,
      word.map((key) => `!${key}`),
      fc.tuple(word, fc.constantFrom('=', '==', '!='), word).map((parts) => parts.join(' ')),
      fc
        .tuple(word, fc.constantFrom('in', 'notin'), fc.array(word, { minLength: 1, maxLength: 3 }))
        .map(([key, operator, values]) => `${key} ${operator} (${values.join(', ')})`),
      fc.tuple(word, fc.constantFrom('<', '>'), fc.nat()).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(fc.array(requirement, { maxLength: 4 }), fc.dictionary(word, word), (requirements, labels) => {
        const one = scanned(requirements.join(','));
        const other = scanned(printLabelSelector(one));
        expect(matchesLabels(other, labels)).toBe(matchesLabels(one, labels));
        expect(printLabelSelector(other)).toBe(printLabelSelector(one));
      }),
    );
  });

  it('is a selector or a failure with a message, whatever the text', () => {
    const anyText = fc.string({ unit: fc.constantFrom('x', 'in', ' ', '(', ')', ',', '=', '!', '>', '1', 'ü') });
    fc.assert(
      fc.property(anyText, (text) => {
        const found = scanLabelSelector(text);
        expect(isFailure(found) ? found.message : printLabelSelector(found)).toEqual(expect.any(String));
      }),
    );
  });

  it('names the labels at which it looks', () => {
    expect(selectorKeys(scanned('a=1,!b,a!=2'))).toEqual(['a', 'b']);
  });
});

describe('a union of selectors', () => {
  it.each([[''], [' '], ['!!!invalid']])('has no selector %j', (text) => {
    expect(isFailure(scanSelectorUnion(['a=b', text]))).toBe(true);
  });
});

describe('a label selector of an object', () => {
  const read = (selector: unknown): LabelSelector | undefined => readLabelSelector({ selector }, 'selector', 'spec');
  it.each([
    [{ matchLabels: { a: 'b' } }, { a: 'b' }, true],
    [{ matchLabels: { a: 'b', c: 'd' } }, { a: 'b' }, false],
    [{}, {}, true],
    [{ matchExpressions: [{ key: 'a', operator: 'In', values: ['b', 'c'] }] }, { a: 'c' }, true],
    [{ matchExpressions: [{ key: 'a', operator: 'NotIn', values: ['b'] }] }, {}, true],
    [{ matchExpressions: [{ key: 'a', operator: 'Exists' }] }, {}, false],
    [{ matchExpressions: [{ key: 'a', operator: 'DoesNotExist', values: [] }] }, {}, true],
    [{ matchLabels: { a: 'b' }, matchExpressions: [{ key: 'a', operator: 'NotIn', values: ['b'] }] }, { a: 'b' }, false],
  ])('%j on %j: %j', (selector, labels, expected) => {
    expect(matchesLabels(read(selector) ?? [], labels as Record<string, string>)).toBe(expected);
  });

  it('selects nothing where there is none', () => {
    expect(read(undefined)).toBeUndefined();
    expect(read(null)).toBeUndefined();
  });

  it.each<[unknown, string]>([
    ['a=b', 'spec.selector: found the string "a=b", expected a mapping'],
    [{ matchLabels: { a: 1 } }, 'spec.selector.matchLabels.a: found the number 1, expected a string'],
    [
      { matchExpressions: [{ key: 'a', operator: 'in' }] },
      'spec.selector.matchExpressions[0].operator: found the string "in", expected In, NotIn, Exists, DoesNotExist',
    ],
    [
      { matchExpressions: [{ key: 'a', operator: 'In' }] },
      'spec.selector.matchExpressions[0].values: found no values for "a", expected at least one',
    ],
    [
      { matchExpressions: [{ operator: 'In', values: ['b'] }] },
      'spec.selector.matchExpressions[0].key: found the label "", expected [prefix/]name with at most 63 letters, digits, "-", "_" and "."',
    ],
    [
      { matchLabels: { 'a b': 'c' } },
      'spec.selector.matchLabels: found the label "a b", expected [prefix/]name with at most 63 letters, digits, "-", "_" and "."',
    ],
    [
      { matchExpressions: [{ key: 'a', operator: 'Exists', values: ['b'] }] },
      'spec.selector.matchExpressions[0].values: found a list of 1, expected none, with Exists',
    ],
    [
      { matchExpressions: [{ operator: 'constructor' }] },
      'spec.selector.matchExpressions[0].operator: found the string "constructor", expected In, NotIn, Exists, DoesNotExist',
    ],
  ])('is malformed: %j', (selector, message) => {
    let found = '';
    try {
      read(selector);
    } catch (error) {
      found = error instanceof MalformedObject ? error.message : String(error);
    }
    expect(found).toBe(message);
  });
});
