/** The parameters of the commit statement. */
import type { Change } from '../../../core/change.js';
import { rangesUnder } from '../../../core/token-key.js';
import { changing, columns } from '../columns.js';
import { fullText, plainText, textWithin } from './commit-statement.js';
import { asText, type Encode, messageRows, processRow, recordRow, versionRow, waitRow } from '../rows.js';

/** The batch is one JSON per table, and payloads are part of it as they are. */
const asItIs: Encode = (value) => value;
/** NUL and halves of characters, which PostgreSQL does not read inside of a JSON. Encoded as text they are only backslashes. */
const unreadable = /\\u(?:0000|d[89a-f])/;

const fixed = columns.workflow_process.filter((column) => column !== 'id' && !changing.includes(column));

function needsNoQuoting({ waits, messages }: Change): boolean {
  return !waits.clear && waits.kill.length === 0 && waits.delete.length === 0 && waits.put.length === 0 && messages.length === 0;
}

export interface CommitStatement {
  readonly text: string;
  readonly values: readonly string[];
}

/** The shortest statement that writes all of the changes. */
export function commitStatement(changes: readonly Change[]): CommitStatement {
  if (changes.every(needsNoQuoting)) return { text: plainText, values: readable((encode) => appended(changes, encode)) };
  return { text: fullText, values: allValues(changes) };
}

/** The same in a transaction of the application. */
export function statementWithin(change: Change): CommitStatement {
  return { text: textWithin, values: allValues([change]) };
}

function allValues(changes: readonly Change[]): string[] {
  return readable((encode) => [...appended(changes, encode), ...rest(changes, encode)]);
}

function readable(values: (encode: Encode) => string[]): string[] {
  const made = values(asItIs);
  return made.some((value) => unreadable.test(value)) ? values(asText) : made;
}

function appended(changes: readonly Change[], encode: Encode): string[] {
  const processes = changes.map((change) => slim(moved(change, encode)));
  const versions = changes.flatMap(({ process, versions }) => versions.map((version) => slim(versionRow(process.id, version, encode))));
  const records = changes.flatMap(({ process, records }) => records.map((record) => slim(recordRow(process.id, record))));
  return [processes, versions, records].map((rows) => JSON.stringify(rows));
}

/** Columns that never change are sent once, with the new process. */
function moved({ expected, process }: Change, encode: Encode): Record<string, unknown> {
  const row: Record<string, unknown> = Object.assign(processRow(process, encode, expected === null), { expected });
  if (expected !== null) for (const column of fixed) row[column] = null;
  return row;
}

/** Leaves out nulls, because a missing key reads as null. Half of a record is nulls, and every byte is written, sent and parsed. */
function slim(row: Record<string, unknown>): Record<string, unknown> {
  for (const column in row) if (row[column] === null) row[column] = undefined;
  return row;
}

function rest(changes: readonly Change[], encode: Encode): string[] {
  const put = changes.flatMap(({ process, waits }) => waits.put.map((wait) => ({ ...waitRow(process.id, wait, encode), owner: process.id })));
  const messages = changes.flatMap((change) => messageRows(change).map((row) => ({ ...row, owner: change.process.id })));
  return [changes.flatMap(ended), changes.flatMap(namedColumns), put, messages].map((rows) => JSON.stringify(rows));
}

function namedColumns({ process: { id }, waits }: Change): object[] {
  const deleted = waits.delete.map((key) => ({ process_id: id, token_key: key, goes: true }));
  return waits.clear || waits.kill.length > 0
    ? [...deleted, ...waits.put.map(({ token }) => ({ process_id: id, token_key: token.key, goes: false }))]
    : deleted;
}

/** The ranges of keys whose waits end. For a cleared process: all keys. */
function ended({ process: { id }, waits }: Change): object[] {
  const ranges = waits.clear ? [['', '\x7f'] as const] : waits.kill.flatMap(rangesUnder);
  return ranges.map(([low, high]) => ({ process_id: id, low, high }));
}
