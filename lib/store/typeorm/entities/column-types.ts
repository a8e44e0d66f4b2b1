import type { ColumnOptions, PrimaryColumnOptions } from 'typeorm';

/** bigint milliseconds in the database, a `Date` in the entity. Drivers hand out bigints as strings or numbers. */
const moment = {
  to: (value: Date | null | undefined) => (value instanceof Date ? value.getTime() : value),
  from: (value: string | number | null) => (value === null ? null : new Date(Number(value))),
};

/** JSON in a text column: `jsonb` would reorder keys and refuse some strings, MySQL's `json` is limited in depth. */
const json = {
  to: (value: unknown) => (value === null || value === undefined ? value : JSON.stringify(value)),
  from: (value: string | null) => (value === null ? null : (JSON.parse(value) as unknown)),
};

export function time(name: string, nullable = false): ColumnOptions {
  return { name, type: 'bigint', nullable, transformer: moment };
}

export function jsonText(name: string, nullable = false): ColumnOptions {
  return { name, type: 'text', nullable, transformer: json };
}

export function label(name: string, length: number, nullable = false): ColumnOptions {
  return { name, type: 'varchar', length, nullable };
}

export function whole(name: string): ColumnOptions {
  return { name, type: 'int' };
}

export function longText(name: string, nullable = false): ColumnOptions {
  return { name, type: 'text', nullable };
}

export function keyColumn(name: string, length: number): PrimaryColumnOptions {
  return { name, type: 'varchar', length };
}
