import { describe, expect, it } from '@jest/globals';

import { commonJsExports } from './commonjs-exports.ts';

const Client = (): string => 'a client';

describe('the exports of a package that is imported when it is needed', () => {
  it.each([
    ['a bundle has them', { default: { Client } }],
    ['Node has them', { Client, default: { Client } }],
    ['an ES module has them', { Client }],
  ])('are found as %s', (_, imported) => {
    expect(commonJsExports(imported as { readonly Client: typeof Client }).Client).toBe(Client);
  });
});
