import type { DataSourceOptions } from 'typeorm';

/** The default of the drivers. */
const DEFAULT_SIZE = 10;

/** How many connections the application's pool has. SQLite has one. */
export function poolSizeOf(options: DataSourceOptions): number {
  if (options.type !== 'postgres' && options.type !== 'mysql' && options.type !== 'mariadb') return 1;
  const extra = (options.extra ?? {}) as { max?: unknown; connectionLimit?: unknown };
  const size = (options.type === 'postgres' ? extra.max : extra.connectionLimit) ?? options.poolSize;
  return typeof size === 'number' && size > 0 ? size : DEFAULT_SIZE;
}
