import { readFileSync } from 'node:fs';

import { expect, it } from '@jest/globals';

import { codeUnions, ERRORS_PAGE, printErrorsPage, shippedSources } from './error-codes.ts';

/** Upper-case words with an underscore that are no error codes of ours: environment variables, and codes of Node's and of libraries. */
const NOT_CODES = /^(?:NODE_|XDG_|ERR_|CERT_|KUBERNETES_|KUBEZONE_|MULTIPLE_DOCS$)/;

it('docs/errors.md says what the sources say of every code', () => {
  expect(readFileSync(ERRORS_PAGE, 'utf8')).toBe(printErrorsPage());
});

it('every code that the sources report is declared with its meaning', () => {
  const declared = new Set(codeUnions().flatMap(({ codes }) => codes.map(({ code }) => code)));
  const undeclared = shippedSources().flatMap((path) =>
    Array.from(readFileSync(path, 'utf8').matchAll(/'([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)'/g), (match) => match[1] as string)
      .filter((code) => !declared.has(code) && !NOT_CODES.test(code))
      .map((code) => `${path}: ${code}`),
  );
  expect(undeclared).toEqual([]);
});
