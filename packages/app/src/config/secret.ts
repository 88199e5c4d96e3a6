import * as z from 'zod/mini';

import type { Paths } from './paths.ts';
import type { SchemaOf } from './leaf.ts';

/** Marks mistakes whose `found` must not be shown. */
const SECRET_MISTAKE = { code: 'BAD_VALUE', secret: true } as const;

const FORM = 'a secret of 32 hexadecimal digits, as it stands, or as file:PATH or env:NAME';

/**
 * A schema of a list of at least one secret of 16 octets. What stands in its place is never shown, whatever its shape: somebody who forgets the list writes
 * the secret where the list belongs.
 */
export function secretsOf16Octets(paths: Paths): SchemaOf<readonly Uint8Array[]> {
  const secret = secretOf16Octets(paths);
  return z.pipe(
    z.unknown(),
    z.transform((value, context): readonly Uint8Array[] => {
      const refuse = (message: string, path: PropertyKey[] = []): void =>
        void context.issues.push({ code: 'custom', message, input: undefined, path, params: SECRET_MISTAKE });
      if (!Array.isArray(value)) {
        refuse(`expected a list, each entry ${FORM}`);
        return z.NEVER;
      }
      if (value.length === 0) refuse('expected at least one secret; without the key a random one is made');
      return value.flatMap((entry: unknown, index) => {
        const { data, error } = secret.safeParse(entry);
        for (const { message } of error?.issues ?? []) refuse(message, [index]);
        return data ?? [];
      });
    }),
  );
}

/** What `secretText` takes, for messages. */
const TEXT_FORM = 'a secret, as it stands, or as file:PATH or env:NAME';

/**
 * A schema of secrets that are text: as they stand, from a file (without the line end that files have), or from an environment variable. What stands in its place is never shown.
 *
 * @param check why the secret cannot be used, without repeating it; undefined where it can
 */
export function secretText(paths: Paths, check: (secret: string) => string | undefined = () => undefined): SchemaOf<string> {
  return z.pipe(
    z.unknown(),
    z.transform((value, context): string => {
      const found = typeof value === 'string' && value !== '' ? readSecret(value, paths) : { problem: `expected ${TEXT_FORM}` };
      const problem =
        'problem' in found ? found.problem : found.text === '' ? `expected ${TEXT_FORM}; it is empty` : check(found.text);
      if (problem === undefined && 'text' in found) return found.text;
      context.issues.push({ code: 'custom', message: problem ?? '', input: undefined, params: SECRET_MISTAKE });
      return z.NEVER;
    }),
  );
}

function readSecret(value: string, paths: Paths): { readonly text: string } | { readonly problem: string } {
  const [, scheme, place] = /^(file|env):(.+)$/s.exec(value) ?? [];
  if (scheme === undefined || place === undefined) return { text: value };
  if (scheme === 'file') {
    const read = paths.readText(paths.resolve(place));
    if (typeof read !== 'string') return { problem: `expected a file that can be read at ${place} (${read.problem})` };
    return { text: read.trim() };
  }
  const found = paths.environment(place);
  return found === undefined
    ? { problem: `expected the environment variable ${place}, which is not set` }
    : { text: found.trim() };
}

/**
 * A schema of secrets of 16 octets. In the configuration they can stand themselves, or where to read them: a file's content (as a mounted Secret is one),
 * or an environment variable.
 */
function secretOf16Octets(paths: Paths): SchemaOf<Uint8Array> {
  return z.pipe(
    z.unknown(),
    z.transform((value, context): Uint8Array => {
      const refuse = (message: string): Uint8Array => {
        context.issues.push({ code: 'custom', message, input: undefined, params: SECRET_MISTAKE });
        return z.NEVER;
      };
      if (typeof value !== 'string') return refuse(`expected ${FORM}`);
      const found = readSecret(value, paths);
      if ('problem' in found) return refuse(found.problem);
      const { text } = found;
      return /^[0-9A-Fa-f]{32}$/.test(text) ? Buffer.from(text, 'hex') : refuse(`expected ${FORM}`);
    }),
  );
}
