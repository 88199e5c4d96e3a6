import { readFileSync } from 'node:fs';

/**
 * Reads a file of text.
 *
 * @throws {Error} where it cannot be read, or is not UTF-8: what is not would come out as other text than was written
 */
export function readTextFile(path: string): string {
  const octets = readFileSync(path);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(octets);
  } catch (error) {
    throw new Error('it is not UTF-8', { cause: error });
  }
}
