/** The keys of tokens, which form a tree: `k/0` is a branch of `k`, and `k~o3` watches over it. */

export function parentKey(key: string): string | null {
  const slash = key.lastIndexOf('/');
  return slash < 0 ? null : key.slice(0, slash);
}

/** In a branch of it, or watching over it. */
export function isUnder(key: string, above: string): boolean {
  return key.startsWith(above) && (key[above.length] === '/' || key[above.length] === '~');
}

/** The same for many, by what stands above this key. */
export function isUnderAny(key: string, keys: ReadonlySet<string>): boolean {
  if (keys.size === 0) return false;
  for (const { index } of key.matchAll(/[/~]/g)) if (keys.has(key.slice(0, index))) return true;
  return false;
}

/** What stands under a key: its branches, `k/...`, and what watches over it, `k~...`. The stores compare keys byte by byte. */
export function rangesUnder(key: string): readonly (readonly [from: string, before: string])[] {
  return [
    [`${key}/`, `${key}0`],
    [`${key}~`, `${key}\x7f`],
  ];
}
