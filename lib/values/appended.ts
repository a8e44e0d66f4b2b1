/** Appends to a list, or begins it. An empty array that grows by `push` reserves room for 17 values, and most of our lists get one. */
export function appended<T>(list: T[] | undefined, value: T): T[] {
  if (list === undefined || list.length === 0) return [value];
  list.push(value);
  return list;
}
