import * as z from 'zod/mini';

import { anyText, type SchemaOf } from './leaf.ts';

/** What stands at a path. */
export type PathKind = 'file' | 'folder';

/** What the schema asks of the machine. */
export interface Paths {
  /** Makes a path of the configuration file absolute: it starts from the file's folder. */
  readonly resolve: (path: string) => string;
  /** Why a path cannot be read; undefined where it can. */
  readonly problem: (path: string, kind: PathKind) => string | undefined;
  /** A file's text, or why it cannot be read. */
  readonly readText: (path: string) => string | { readonly problem: string };
  /** An environment variable. */
  readonly environment: (name: string) => string | undefined;
}

/** A schema of paths of something that can be read. */
export function readablePath(paths: Paths, kind: PathKind): SchemaOf<string> {
  return z.pipe(
    anyText(`the path of a ${kind}`),
    z.transform((text, context) => {
      const path = paths.resolve(text);
      const problem = paths.problem(path, kind);
      if (problem === undefined) return path;
      context.issues.push({
        code: 'custom',
        message: `expected a ${kind} that can be read (${problem})`,
        input: text,
        params: { code: 'UNREADABLE' },
      });
      return z.NEVER;
    }),
  );
}

/** What an Error says, without the stack. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
