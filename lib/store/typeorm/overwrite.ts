/** The clause that overwrites an existing row, for PostgreSQL and SQLite. */
export function onConflict(keys: readonly string[], names: readonly string[]): string {
  return ` on conflict (${keys.join(', ')}) do update set ${names.map((name) => `${name} = excluded.${name}`).join(', ')}`;
}

/** The same for MySQL, which finds the key itself. */
export function onDuplicateKey(names: readonly string[]): string {
  return ` on duplicate key update ${names.map((name) => `${name} = values(${name})`).join(', ')}`;
}
