import { realpathSync, statSync } from 'node:fs';

import { errorCode } from '../cluster/message-of.ts';

/**
 * What tells one version of a file from the next without reading it: the real path, which changes when a link is turned (as
 * Kubernetes updates a mounted ConfigMap); the inode, which changes when an editor puts a new file in the old one's place; times
 * and size, which change when it is written to. That it cannot be found is a version too.
 */
export function fingerprintOf(path: string): string {
  try {
    const realPath = realpathSync(path);
    const { dev, ino, size, mtimeNs, ctimeNs } = statSync(realPath, { bigint: true });
    return [realPath, dev, ino, size, mtimeNs, ctimeNs].join('|');
  } catch (error) {
    return errorCode(error) ?? 'unreadable';
  }
}
