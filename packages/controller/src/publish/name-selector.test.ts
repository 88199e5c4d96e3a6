import { isFailure } from '@kubezone/core';
import { describe, expect, it } from '@jest/globals';

import { printSelector, scanSelector } from './name-selector.ts';
import { scanTargetPattern } from './shape-state.ts';

describe('a selector', () => {
  it.each([
    ['example.com', 'example.com.'],
    ['Example.COM.', 'example.com.'],
    [' foo.org ', 'foo.org.'],
    ['.example.org', '.example.org.'],
    ['.', '.'],
    ['bücher.example', 'xn--bcher-kva.example.'],
  ])('%j is scanned and printed as %j', (text, printed) => {
    const selector = scanSelector(text);
    expect(isFailure(selector) ? selector.message : printSelector(selector)).toBe(printed);
  });

  it.each(['', '..', '*.example.com', 'a..b', '.*.example.com'])('%j is none', (text) => {
    const selector = scanSelector(text);
    expect(isFailure(selector) && selector.message).toMatch(/selects no names; expected is example.com/);
  });
});

describe('a pattern of targets', () => {
  it.each(['192.0.2.1', '192.0.2.0/24', '0.0.0.0/0', '2001:db8::/32', 'example.com', '.elb.amazonaws.com'])('is %s', (text) => {
    expect(isFailure(scanTargetPattern(text))).toBe(false);
  });

  it.each(['192.0.2.0/33', '192.0.2.0/x', '192.0.2.0/24/8', 'example.com/8', '', '2001:db8::/129', '1.2.3.4/'])(
    'is not %j',
    (text) => {
      expect(isFailure(scanTargetPattern(text))).toBe(true);
    },
  );
});
