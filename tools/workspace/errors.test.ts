import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { expect, it } from '@jest/globals';

const ROOT = join(import.meta.dirname, '..', '..');

/** Upper-case words with an underscore that are no error codes: environment variables, and codes of Node's own. */
const NOT_CODES = new Set(['NODE_ENV', 'NODE_OPTIONS', 'XDG_CACHE_HOME']);

function filesBelow(folder: string): string[] {
  return readdirSync(folder).flatMap((entry) => {
    const path = join(folder, entry);
    return statSync(path).isDirectory() ? filesBelow(path) : [path];
  });
}

/** Every code that the shipped sources can report: members of the unions and tables, written as quoted words. */
function codesInSources(): Set<string> {
  const folders = ['packages', 'apps'].flatMap((parent) =>
    readdirSync(join(ROOT, parent)).map((child) => join(ROOT, parent, child, 'src')),
  );
  const sources = folders.flatMap(filesBelow).filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'));
  const found = sources.flatMap((path) => Array.from(readFileSync(path, 'utf8').matchAll(/'([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)'/g)));
  return new Set(found.map((match) => match[1] as string).filter((code) => !NOT_CODES.has(code)));
}

function codesInDocument(): Set<string> {
  const document = readFileSync(join(ROOT, 'docs', 'errors.md'), 'utf8');
  return new Set(Array.from(document.matchAll(/^\| `([A-Z0-9_]+)` \|/gm), (match) => match[1] as string));
}

it('documents every code that the sources report, and no other', () => {
  const reported = codesInSources();
  const documented = codesInDocument();
  expect({
    undocumented: [...reported].filter((code) => !documented.has(code)).toSorted(),
    unknown: [...documented].filter((code) => !reported.has(code)).toSorted(),
  }).toEqual({ undocumented: [], unknown: [] });
});
