import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The repository's examples. */
export const EXAMPLES: string = join(import.meta.dirname, '..', '..', '..', '..', 'examples');

/** A copy of examples/cluster that may be edited. */
export interface ClusterCopy {
  readonly folder: string;
  /** Replaces text in one of its files, which must be there. */
  readonly edit: (file: string, before: string, after: string) => Promise<void>;
  readonly remove: () => Promise<void>;
}

export async function copyExampleCluster(): Promise<ClusterCopy> {
  const folder = await mkdtemp(join(tmpdir(), 'kubezone-cluster-'));
  await cp(join(EXAMPLES, 'cluster'), folder, { recursive: true });
  return {
    folder,
    edit: async (file, before, after) => {
      const path = join(folder, file);
      const text = await readFile(path, 'utf8');
      if (!text.includes(before)) throw new Error(`${file} has no ${JSON.stringify(before)}`);
      await writeFile(path, text.replace(before, after));
    },
    remove: () => rm(folder, { recursive: true }),
  };
}
