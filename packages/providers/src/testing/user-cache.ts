import { homedir } from 'node:os';
import { join } from 'node:path';

/** A folder in the user's cache (XDG Base Directory Specification: an empty variable is none), for what takes long to build or to fetch. */
export function userCache(...parts: readonly string[]): string {
  return join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'kubezone', ...parts);
}
