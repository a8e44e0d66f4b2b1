/** The values by their key, in order. */
export function grouped<T, K>(all: readonly T[], keyOf: (each: T) => K): Map<K, T[]> {
  const found = new Map<K, T[]>();
  for (const each of all) {
    const key = keyOf(each);
    const group = found.get(key);
    if (group) group.push(each);
    else found.set(key, [each]);
  }
  return found;
}
