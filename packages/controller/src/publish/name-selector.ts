import { isFailure, isWildcard, type OwnerName, ParseFailure, ROOT, scanUnicodeName } from '@kubezone/core';

/** Names at and below a name, or below it alone; label by label, so `example.com` does not mean `badexample.com`. */
export interface NameSelector {
  readonly name: OwnerName;
  /** Whether the name itself is not meant. */
  readonly belowOnly: boolean;
}

/** Scans `example.com` (that name and all below it), `.example.com` (all below it) or `.` (every name). */
export function scanSelector(text: string): NameSelector | ParseFailure {
  const plain = text.trim();
  if (plain === '.') return { name: ROOT, belowOnly: false };
  const belowOnly = plain.startsWith('.');
  const name = scanUnicodeName(belowOnly ? plain.slice(1) : plain);
  if (isFailure(name) || name === ROOT || isWildcard(name)) {
    return new ParseFailure(
      'BAD_FIELD',
      `${JSON.stringify(text)} selects no names; expected is example.com, .example.com for what is below it alone, or . for all`,
    );
  }
  return { name, belowOnly };
}

/** Prints a selector as it is scanned. */
export function printSelector({ name, belowOnly }: NameSelector): string {
  return belowOnly ? `.${name}` : name;
}
