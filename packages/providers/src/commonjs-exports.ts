/**
 * The exports of a CommonJS package that is imported when it is first needed. In a bundle they stand under `default` alone; Node puts them there too, and by
 * their names only as far as it can tell these from the source.
 */
export function commonJsExports<T extends object>(imported: T): T {
  return (imported as T & { readonly default?: T }).default ?? imported;
}
