/**
 * The error codes of the shipped sources, read from their declarations: unions named `…Code` whose members each have a docstring. They become
 * docs/errors.md: `node tools/workspace/error-codes.ts` writes it, and a test holds it against the sources.
 */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');

/** The page that lists them. */
export const ERRORS_PAGE: string = join(ROOT, 'docs', 'errors.md');

/** A union of codes. */
interface CodeUnion {
  readonly name: string;
  /** From the repository's root. */
  readonly file: string;
  readonly headline: string;
  readonly codes: readonly { readonly code: string; readonly meaning: string }[];
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder).flatMap((entry) => {
    const path = join(folder, entry);
    return statSync(path).isDirectory() ? filesBelow(path) : [path];
  });
}

/** Every TypeScript file that is shipped. */
export function shippedSources(): string[] {
  return ['packages', 'apps']
    .flatMap((parent) => readdirSync(join(ROOT, parent)).map((child) => join(ROOT, parent, child, 'src')))
    .flatMap(filesBelow)
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts') && !path.includes('/testing/'))
    .toSorted();
}

function textOf(docstring: string): string {
  return docstring
    .replaceAll(/^\/\*\*|\*\/$/g, '')
    .replaceAll(/^\s*\* ?/gm, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

function unionsIn(path: string): CodeUnion[] {
  const source = readFileSync(path, 'utf8');
  const declarations = source.matchAll(
    /(\/\*\*(?:(?!\*\/)[\s\S])*\*\/)\s*export type (\w+Code) =((?:\s|\||'[A-Z0-9_]+'|\/\*\*(?:(?!\*\/)[\s\S])*\*\/)*);/g,
  );
  return Array.from(declarations, ([, headline = '', name = '', body = '']) => ({
    name,
    file: relative(ROOT, path),
    headline: textOf(headline),
    codes: Array.from(body.matchAll(/(\/\*\*(?:(?!\*\/)[\s\S])*\*\/)\s*\|? ?'([A-Z0-9_]+)'/g), ([, meaning = '', code = '']) => ({
      code,
      meaning: textOf(meaning),
    })),
  })).filter(({ codes }) => codes.length > 0);
}

/** Every union of codes. */
export function codeUnions(): CodeUnion[] {
  return shippedSources().flatMap(unionsIn);
}

/** The page, as it should be. */
export function printErrorsPage(): string {
  const sections = codeUnions().map(
    ({ name, file, headline, codes }) =>
      `## ${name}\n\n${headline} Declared in \`${file}\`.\n\n| code | meaning |\n|---|---|\n` +
      codes.map(({ code, meaning }) => `| \`${code}\` | ${meaning.replaceAll('|', '\\|')} |`).join('\n'),
  );
  return `# Error codes

Every message about bad input or a failure carries one of these codes, which stay the same from version to version; the text beside it may change. In logs the code is a
field, in a message for a person it stands at the end in brackets.

This page is made from the sources by \`npm run docs:errors\`.

${sections.join('\n\n')}
`;
}

if (process.argv[1] === import.meta.filename) writeFileSync(ERRORS_PAGE, printErrorsPage());
