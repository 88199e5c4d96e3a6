import { closeSync, constants, fstatSync, openSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, sep } from 'node:path';

import type { IncludeRefusal, ZoneFileText } from '@kubezone/core';

import { errorCode } from '../cluster/message-of.ts';
import { fingerprintOf } from './file-fingerprint.ts';

/** Reads a zone file and what it includes, and remembers what it was asked for. */
export interface ZoneFileFolder {
  /** Reads the zone file itself. It may be a symbolic link to anywhere: whoever configures it names it. */
  readMain(): ZoneFileText | IncludeRefusal;
  /** Reads an included file: `path` is absolute or relative to the folder of the file `from`. */
  readInclude(path: string, from: string): ZoneFileText | IncludeRefusal;
  /**
   * Every path that was asked for, be it in vain, and its fingerprint before that: a change of any of them can change the zone.
   */
  readonly fingerprints: ReadonlyMap<string, string>;
}

/**
 * The folder of a zone file. What is included must stand in it or below it, with all symbolic links followed: a zone file may
 * come from somebody who may write zones, but not read the machine's other files.
 *
 * @param maxOctets how many octets are read in all, a file that is included twice counted twice
 */
export function zoneFileFolder(path: string, maxOctets: number): ZoneFileFolder {
  const fingerprints = new Map<string, string>();
  let left = maxOctets;
  const read = (file: string, realPath: string): ZoneFileText | IncludeRefusal => {
    const octets = readRegularFile(realPath, left);
    if (octets === 'not-a-file') return refusal('FILE_UNREADABLE', `${file} is no regular file`);
    if (octets === 'too-large') return refusal('FILE_TOO_LARGE', `${file}: a zone's files may have ${maxOctets} octets in all`);
    left -= octets.length;
    return { kind: 'text', file, text: octets.toString('utf8') };
  };
  const attempt = (file: string, action: () => ZoneFileText | IncludeRefusal): ZoneFileText | IncludeRefusal => {
    if (!fingerprints.has(file)) fingerprints.set(file, fingerprintOf(file));
    try {
      return action();
    } catch (error) {
      return refusal('FILE_UNREADABLE', `${file}: ${reasonOf(error)}`);
    }
  };
  return {
    fingerprints,
    readMain: () => attempt(path, () => read(path, realpathSync(path))),
    readInclude(included, from) {
      const file = isAbsolute(included) ? included : join(dirname(from), included);
      return attempt(file, () => {
        const folder = realpathSync(dirname(path));
        const realPath = realpathSync(file);
        if (realPath.startsWith(folder.endsWith(sep) ? folder : folder + sep)) return read(file, realPath);
        return refusal('INCLUDE_REFUSED', `${file} leads outside ${dirname(path)}, the folder of the zone file`);
      });
    },
  };
}

/**
 * Reads at most so many octets. The path has no symbolic links left to follow; one that takes its place meanwhile is not
 * followed.
 */
function readRegularFile(realPath: string, maxOctets: number): Buffer | 'not-a-file' | 'too-large' {
  // Without O_NONBLOCK the opening of a named pipe would wait for a writer, and with it the whole process.
  const descriptor = openSync(realPath, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  try {
    const status = fstatSync(descriptor);
    if (!status.isFile()) return 'not-a-file';
    if (status.size > maxOctets) return 'too-large';
    const octets = readFileSync(descriptor);
    return octets.length > maxOctets ? 'too-large' : octets;
  } finally {
    closeSync(descriptor);
  }
}

function refusal(code: IncludeRefusal['code'], message: string): IncludeRefusal {
  return { kind: 'refusal', code, message };
}

/** What the system says, without the path, which our own message has. */
function reasonOf(error: unknown): string {
  const code = errorCode(error) ?? String(error);
  return { ENOENT: 'no such file', EACCES: 'permission denied', ELOOP: 'a loop of symbolic links' }[code] ?? code;
}
