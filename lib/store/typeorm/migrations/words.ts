import type { Words } from './sql.js';

const postgres: Words = {
  key: (length) => `varchar(${length}) collate "C"`,
  ascii: (length) => `varchar(${length}) collate "C"`,
  text: 'text',
  int: 'int',
  table: '',
  // Leaves room in each page, so that most updates touch no index.
  updated: ' with (fillfactor = 70)',
};

const table = ' engine = InnoDB row_format = dynamic default charset = utf8mb4 collate = utf8mb4_bin';
const mysql: Words = {
  key: (length) => `varchar(${length}) character set utf8mb4 collate utf8mb4_bin`,
  ascii: (length) => `varchar(${length}) character set ascii collate ascii_bin`,
  // A `text` column ends at 64 kB.
  text: 'longtext character set utf8mb4 collate utf8mb4_bin',
  int: 'int',
  table,
  updated: table,
};

const sqlite: Words = {
  key: (length) => `varchar(${length})`,
  ascii: (length) => `varchar(${length})`,
  text: 'text',
  int: 'integer',
  table: '',
  updated: '',
};

export interface Dialect {
  readonly name: 'postgres' | 'mysql' | 'sqlite';
  readonly words: Words;
  readonly inlineIndexes: boolean;
}

const dialects: Partial<Record<string, Dialect>> = {
  postgres: { name: 'postgres', words: postgres, inlineIndexes: false },
  mysql: { name: 'mysql', words: mysql, inlineIndexes: true },
  mariadb: { name: 'mysql', words: mysql, inlineIndexes: true },
};
for (const type of ['better-sqlite3', 'sqljs', 'cordova', 'expo', 'react-native', 'nativescript', 'capacitor']) {
  dialects[type] = { name: 'sqlite', words: sqlite, inlineIndexes: false };
}

/** How tables are made on this type of data source. */
export function dialectOf(type: string): Dialect {
  const dialect = dialects[type];
  if (!dialect) throw new Error(`nestjs-argonaut has no tables for a data source of type "${type}": use postgres, mysql, mariadb or better-sqlite3.`);
  return dialect;
}
