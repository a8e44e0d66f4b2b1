/** The schema that a `$ref` within the same document leads to: `#` or `#/...`. Undefined: it leads nowhere. */
export function schemaAt(root: object, reference: string): unknown {
  if (reference === '#') return root;
  if (!reference.startsWith('#/')) return undefined;
  let at: unknown = root;
  for (const part of stepsOfPointer(reference)) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return undefined;
    at = (at as Record<string, unknown>)[part];
  }
  return at;
}

function stepsOfPointer(reference: string): string[] {
  return reference.slice(2).split('/').map((part) => decoded(part).replaceAll('~1', '/').replaceAll('~0', '~')); // prettier-ignore
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
