/**
 * Whether two pieces of plain data (as JSON has it: no cycles, no functions) are equal. Decides whether an update of an object
 * changes anything that DNS needs; most do not (heartbeats, managed fields, other annotations).
 */
export function sameContent(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (Array.isArray(one)) {
    return Array.isArray(other) && one.length === other.length && one.every((item, index) => sameContent(item, other[index]));
  }
  if (Array.isArray(other)) return false;
  const left = one as Readonly<Record<string, unknown>>;
  const right = other as Readonly<Record<string, unknown>>;
  let keys = 0;
  for (const key in left) {
    if (!Object.hasOwn(right, key) || !sameContent(left[key], right[key])) return false;
    keys++;
  }
  return keys === Object.keys(right).length;
}
