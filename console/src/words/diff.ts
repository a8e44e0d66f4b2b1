export type Mark = 'same' | 'added' | 'removed' | 'changed';

/** One line of two versions of a context: a key, or an item, with both values. */
export interface DiffLine {
  readonly path: string;
  readonly mark: Mark;
  readonly before?: unknown;
  readonly after?: unknown;
}

type Tree = Readonly<Record<string, unknown>>;

/** Compares by keys, down to what is no object; lists are compared item by item. Lines are in the order of the keys. */
export function diffLines(before: unknown, after: unknown, path = ''): DiffLine[] {
  if (isTree(before) && isTree(after) && Array.isArray(before) === Array.isArray(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => ofKey(before, after, key, pathTo(path, key, Array.isArray(after))));
  }
  return Object.is(before, after) || JSON.stringify(before) === JSON.stringify(after)
    ? [{ path, mark: 'same', before, after }]
    : [{ path, mark: 'changed', before, after }];
}

function ofKey(before: Tree, after: Tree, key: string, path: string): DiffLine[] {
  if (!Object.hasOwn(before, key)) return [{ path, mark: 'added', after: after[key] }];
  if (!Object.hasOwn(after, key)) return [{ path, mark: 'removed', before: before[key] }];
  return diffLines(before[key], after[key], path);
}

/** Two objects, or two lists: an object is no list. Empty ones are values. */
function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

function pathTo(path: string, key: string, isItem: boolean): string {
  if (isItem) return `${path}[${key}]`;
  return path === '' ? key : `${path}.${key}`;
}

/** A value as text: strings without their marks where that is clear. */
export function valueWords(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}
