/** The parts of a `create table` that differ between the databases. */
export interface Words {
  /** The type of an identifier that may be any string, compared byte by byte. */
  readonly key: (length: number) => string;
  /** The type of an identifier that only the engine makes: ASCII. */
  readonly ascii: (length: number) => string;
  readonly text: string;
  readonly int: string;
  readonly table: string;
  /** The options of a table whose rows change often. */
  readonly updated: string;
}

/** The tables of the first migration, as it was released. Later migrations change them. */
const tables = ['process', 'context', 'audit', 'wait', 'inbox', 'worker', 'rate'] as const;
const firstTables: readonly string[] = tables.map((name) => `workflow_${name}`);

export type Index = readonly [table: string, name: string, columns: string, unique?: 'unique'];

export const indexes: readonly Index[] = [
  ['process', 'group', 'workflow, group_key, live', 'unique'],
  ['process', 'worker', 'worker'],
  ['process', 'started', 'started_at, id'],
  ['wait', 'address', 'address'],
  ['wait', 'due', 'due_at'],
  ['wait', 'ready', 'queue, ready_at'],
  ['wait', 'worker', 'worker'],
  ['inbox', 'address', 'address'],
  ['inbox', 'process', 'process_id'],
  ['inbox', 'disposition', 'disposition, received_at'],
];

export function createTables(words: Words, inlineIndexes: boolean): string[] {
  const made = Object.entries(columnsOf(words)).map(([name, columns]) => {
    const all = inlineIndexes ? [...columns, ...indexes.filter(([table]) => table === name).map(keyLine)] : columns;
    return `create table if not exists workflow_${name} (\n  ${all.join(',\n  ')}\n)${name === 'process' ? words.updated : words.table}`;
  });
  return inlineIndexes ? made : [...made, ...indexes.map(standalone)];
}

export function dropTables(): string[] {
  return firstTables.map((table) => `drop table if exists ${table}`);
}

/** An index among the lines of a table. */
export function keyLine([table, name, columns, unique]: Index): string {
  return `${unique ? 'unique ' : ''}key workflow_${table}_${name} (${columns})`;
}

export function standalone([table, name, columns, unique]: Index): string {
  return `create ${unique ? 'unique ' : ''}index if not exists workflow_${table}_${name} on workflow_${table} (${columns})`;
}

/** The columns as the first migration makes them. */
export function columnsOf({ key, ascii, text, int }: Words): Record<(typeof tables)[number], string[]> {
  return {
    process: [
      `id ${key(100)} not null primary key`, `workflow ${key(100)} not null`, `workflow_version ${int} not null`, `group_id ${key(255)} not null`,
      `group_key ${ascii(32)} not null`, 'live smallint', `status ${ascii(12)} not null`, `revision ${int} not null`, `context_version ${int} not null`,
      `snapshot_version ${int} not null`, `runs ${int} not null`, `root ${int} not null`, `worker ${key(100)}`, `claim ${int} not null`, `tokens ${text} not null`,
      `cause ${text}`, `parent_id ${key(100)}`, 'started_at bigint not null', 'finished_at bigint', 'updated_at bigint not null',
    ],
    context: [
      `process_id ${key(100)} not null`, `version ${int} not null`, `step ${key(100)} not null`, `patch ${text} not null`, `removed ${text}`,
      `snapshot ${text}`, `moves ${text} not null`, 'created_at bigint not null', 'primary key (process_id, version)',
    ],
    audit: [
      `process_id ${key(100)} not null`, `sequence ${int} not null`, `type ${ascii(32)} not null`, `step ${key(100)}`, `run ${int}`, `attempt ${int}`,
      `context_version ${int} not null`, `actor ${key(255)}`, `reason ${text}`, `error ${text}`, `detail ${text}`, `worker ${key(100)}`,
      'created_at bigint not null', 'primary key (process_id, sequence)',
    ],
    wait: [
      `process_id ${key(100)} not null`, `token_key ${key(200)} not null`, `step ${key(120)} not null`, `run ${int} not null`, `kind ${ascii(12)} not null`,
      `address ${key(512)}`, 'due_at bigint', `queue ${key(100)}`, 'ready_at bigint', `worker ${key(100)}`, `claim ${int} not null`, `attempt ${int} not null`,
      'since bigint not null', `token ${text} not null`, 'primary key (process_id, token_key)',
    ],
    inbox: [
      `id ${key(64)} not null primary key`, `address ${key(512)} not null`, `process_id ${key(100)}`, `disposition ${ascii(12)} not null`,
      `body ${text} not null`, `digest ${ascii(64)} not null`, 'received_at bigint not null',
    ],
    worker: [`id ${key(100)} not null primary key`, 'seen_at bigint not null', 'started_at bigint not null'],
    rate: [`queue ${key(100)} not null primary key`, 'window_at bigint not null', `taken ${int} not null`],
  }; // prettier-ignore
}
