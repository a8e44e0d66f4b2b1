/** What stands under a key: its branches, `k/...`, and what watches over it, `k~...`. The stores compare keys byte by byte. */
export function rangesUnder(key: string): readonly (readonly [from: string, before: string])[] {
  return [
    [`${key}/`, `${key}0`],
    [`${key}~`, `${key}\x7f`],
  ];
}

export function isUnder(key: string, ends: ReadonlySet<string>): boolean {
  for (const { index } of key.matchAll(/[/~]/g)) if (ends.has(key.slice(0, index))) return true;
  return false;
}
