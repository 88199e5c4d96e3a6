import { builtApp } from './built-app.ts';

/** Builds the resolver, once per run; gives back the path of its command. */
export function builtResolver(): Promise<string> {
  return builtApp('resolver');
}
