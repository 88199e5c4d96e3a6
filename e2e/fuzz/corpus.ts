import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One packet of the corpus. */
export interface CorpusEntry {
  readonly title: string;
  readonly octets: Uint8Array;
}

/** Reads the committed corpus. */
export function readCorpus(): CorpusEntry[] {
  const text = readFileSync(join(import.meta.dirname, 'corpus.txt'), 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [hex = '', ...title] = line.split(' ');
      return { title: title.join(' '), octets: new Uint8Array(Buffer.from(hex, 'hex')) };
    });
}
