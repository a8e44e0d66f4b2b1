import type { RecordDraft } from '../core/change.js';
import type { LogLine } from '../workflow.calls.js';
import type { StoredLine } from './step-log.js';

/** What its steps noted, and what was said while they ran, in order. */
export function logOf(records: readonly RecordDraft[]): LogLine[] {
  return records.flatMap((record) => {
    if (record.type === 'note') return [noteOf(record)];
    return record.type === 'log' ? (record.detail ?? '').split('\n').flatMap((line) => lineOf(record, line)) : [];
  });
}

function noteOf({ at, step, attempt, detail, error }: RecordDraft): LogLine {
  return { at: new Date(at), step: step ?? '', attempt: attempt ?? 1, level: 'note', text: detail ?? error ?? '' };
}

function lineOf({ step, attempt }: RecordDraft, line: string): LogLine[] {
  if (line === '') return [];
  const { at, ...said } = JSON.parse(line) as StoredLine;
  return [{ at: new Date(at), step: step ?? '', attempt: attempt ?? 1, ...said }];
}
