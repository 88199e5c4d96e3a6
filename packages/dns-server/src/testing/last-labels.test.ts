import { describe, expect, it } from '@jest/globals';
import { nameOf } from '@kubezone/core';

import { lastLabels } from './last-labels.ts';

describe('lastLabels', () => {
  it.each([
    ['www.example.net.', 0, '.'],
    ['www.example.net.', 1, 'net.'],
    ['www.example.net.', 2, 'example.net.'],
    ['www.example.net.', 3, 'www.example.net.'],
    ['www.example.net.', 9, 'www.example.net.'],
    [String.raw`www\.example.net.`, 2, String.raw`www\.example.net.`],
    ['.', 3, '.'],
  ])('of %s, %i: %s', (text, count, expected) => {
    expect(lastLabels(nameOf(text), count)).toBe(expected);
  });
});
