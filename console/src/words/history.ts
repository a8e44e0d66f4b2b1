import type { HistoryRecord } from '../api/types.js';

/** What has happened, in words: `step completed`. */
export function recordWords({ type }: Pick<HistoryRecord, 'type'>): string {
  return type.replaceAll('-', ' ');
}

/** Records that tell of a message that came in. */
export function isOfMessage({ type }: Pick<HistoryRecord, 'type'>): boolean {
  return /^(message-|event-received)/.test(type);
}

/** Text for a ticket: one line for each record. */
export function asText(records: readonly HistoryRecord[]): string {
  return records.map((record) => [record.createdAt, recordWords(record), record.step, record.error, record.actor, record.reason].filter(Boolean).join(' · ')).join('\n'); // prettier-ignore
}
