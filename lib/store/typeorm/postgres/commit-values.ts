/** The parameters of the commit statement. */
import type { Change } from '../../../core/change.js';
import { rangesUnder } from '../../../core/token-key.js';
import { fullText, largestText, plainText, textWithin } from './commit-statement.js';
import { asText, type Encode, historyRows, messageRows, outgoingRow, searchRow, waitRow } from '../rows.js';
import { isOneStep, processRow, stepRow } from './given-rows.js';
import { shortened } from './json-rows.js';

/** The batch is one JSON per table, and payloads are part of it as they are. */
const asItIs: Encode = (value) => value;
/** NUL and halves of characters, which PostgreSQL does not read inside of a JSON. Encoded as text they are only backslashes. */
const unreadable = /\\u(?:0000|d[89a-f])/;

function needsNoQuoting(change: Change): boolean {
  const { waits, messages } = change;
  if (isRare(change)) return false;
  return !waits.clear && waits.kill.length === 0 && waits.delete.length === 0 && waits.put.length === 0 && messages.length === 0;
}

export interface CommitStatement {
  readonly text: string;
  readonly values: readonly string[];
}

/** The shortest statement that writes all of the changes. */
export function commitStatement(changes: readonly Change[]): CommitStatement {
  if (changes.every(needsNoQuoting)) return { text: plainText, values: readable((encode) => addedRows(changes, encode)) };
  if (changes.some(isRare)) return { text: largestText, values: allValues(changes, rareRows) };
  return { text: fullText, values: allValues(changes) };
}

/** The same in a transaction of the application. */
export function statementWithin(change: Change): CommitStatement {
  return { text: textWithin, values: allValues([change], rareRows) };
}

function allValues(changes: readonly Change[], more: (changes: readonly Change[]) => string[] = () => []): string[] {
  return readable((encode) => [...addedRows(changes, encode), ...rest(changes, encode), ...more(changes)]);
}

/** It sends messages, or changes by which values its process is found. */
function isRare({ outgoing, search }: Change): boolean {
  return search !== undefined || outgoing.length > 0;
}

/** Messages that are sent, and values by which processes are found. */
function rareRows(changes: readonly Change[]): string[] {
  const sent = changes.flatMap(({ outgoing }) => outgoing.map((message) => shortened(outgoingRow(message))));
  const found = changes.flatMap((change) => (change.search ?? []).map((value) => shortened(searchRow(change, value))));
  return [JSON.stringify(sent), JSON.stringify(found)];
}

function readable(values: (encode: Encode) => string[]): string[] {
  const made = values(asItIs);
  return made.some((value) => unreadable.test(value)) ? values(asText) : made;
}

function addedRows(changes: readonly Change[], encode: Encode): string[] {
  const given: object[] = [];
  const others: Change[] = [];
  for (const change of changes) {
    if (isOneStep(change)) given.push(stepRow(change, encode));
    else {
      given.push(shortened(processRow(change, encode)));
      others.push(change);
    }
  }
  const { versions, records } = historyRows(others, encode);
  return [given, versions.map(shortened), records.map(shortened)].map((rows) => JSON.stringify(rows));
}

function rest(changes: readonly Change[], encode: Encode): string[] {
  const put = changes.flatMap(({ process, waits }) => waits.put.map((wait) => shortened([...waitRow(process.id, wait, encode), process.id])));
  const messages = changes.flatMap((change) => messageRows(change).map((row) => shortened([...row, change.process.id])));
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
