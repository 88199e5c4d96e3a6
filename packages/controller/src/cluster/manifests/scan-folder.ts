import type { BigIntStats, Dirent } from 'node:fs';
import { lstat, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode, messageOf } from '../message-of.ts';

/** What a folder holds at one moment. Paths begin with the folder's, as it was given. */
export interface FolderScan {
  /** Manifest files, and what tells one version of a file from another. */
  readonly files: ReadonlyMap<string, string>;
  /** The folder and all folders in it. */
  readonly folders: readonly string[];
  /** Folders and files that cannot be looked at, and why. */
  readonly unreadable: ReadonlyMap<string, string>;
}

const MANIFEST = /\.(?:ya?ml|json)$/i;

/**
 * Looks through a folder and the folders in it, following symbolic links: the files of a mounted ConfigMap are links into a hidden folder which is
 * swapped as a whole. What is hidden (its name begins with a dot) is passed over.
 *
 * @throws where the folder itself cannot be read
 */
export async function scanFolder(folder: string): Promise<FolderScan> {
  const files = new Map<string, string>();
  const folders: string[] = [];
  const unreadable = new Map<string, string>();

  const visit = async (path: string, ancestors: ReadonlySet<string>): Promise<void> => {
    folders.push(path);
    const entries = await readdir(path, { withFileTypes: true });
    for (const entry of entries.toSorted((one, other) => (one.name < other.name ? -1 : 1))) {
      if (!entry.name.startsWith('.')) await look(join(path, entry.name), entry, ancestors);
    }
  };

  const look = async (path: string, entry: Dirent, ancestors: ReadonlySet<string>): Promise<void> => {
    if (entry.isFile() && !MANIFEST.test(entry.name)) return;
    try {
      const stats = await stat(path, { bigint: true });
      const identity = `${stats.dev}:${stats.ino}`;
      if (stats.isFile() && MANIFEST.test(entry.name)) files.set(path, stampOf(stats));
      // A link to a folder that it stands in would lead round for ever.
      else if (stats.isDirectory() && !ancestors.has(identity)) await visit(path, new Set([...ancestors, identity]));
    } catch (error) {
      // What has gone since the folder was read is not there; a link that leads nowhere is.
      if (await exists(path)) unreadable.set(path, messageOf(error));
    }
  };

  const root = await stat(folder, { bigint: true });
  await visit(folder, new Set([`${root.dev}:${root.ino}`]));
  return { files, folders, unreadable };
}

/** Whether something stands at a path, be it a link that leads nowhere. */
async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    return errorCode(error) !== 'ENOENT';
  }
}

function stampOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(':');
}
