type WithoutUndefined<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

/** Without the properties that are undefined. */
export function given<T extends object>(query: T): WithoutUndefined<T> {
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined)) as WithoutUndefined<T>;
}
