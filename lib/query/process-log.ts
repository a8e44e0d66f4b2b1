import type { RecordDraft } from '../core/change.js';
import type { LogLevel, StoredLine } from '../execution/step-log.js';

/** A line of a process's log: a note of a step, or what Nest's `Logger` wrote while the step ran. */
export interface LogLine {
  readonly at: Date;
  readonly step: string;
  readonly attempt: number;
  readonly level: LogLevel | 'note';
  /** The context of the `Logger` that wrote the line. */
  readonly context?: string;
  readonly text: string;
}

/** Notes and log lines of a process, in order. The notes of an attempt are recorded before its log lines. */
export function logOf(records: readonly RecordDraft[]): LogLine[] {
  const lines: LogLine[] = [];
  const notes: RecordDraft[] = [];
  for (const record of records) {
    if (record.type === 'log') lines.push(...linesOf(record, notes.splice(0)));
    else if (record.type !== 'note') lines.push(...notes.splice(0).map(noteOf));
    else notes.push(record);
  }
  return [...lines, ...notes.map(noteOf)];
}

/** Each line says how many notes came before it. */
function linesOf(record: RecordDraft, notes: RecordDraft[]): LogLine[] {
  const others = notes.filter(({ run, attempt }) => run !== record.run || attempt !== record.attempt);
  const own = notes.filter((note) => !others.includes(note)).map(noteOf);
  const stored = (record.detail ?? '').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as StoredLine); // prettier-ignore
  const said = stored.flatMap((line, i) => [...own.slice(stored[i - 1]?.notes ?? 0, line.notes ?? 0), lineOf(record, line)]);
  return [...others.map(noteOf), ...said, ...own.slice(stored.at(-1)?.notes ?? 0)];
}

function noteOf({ at, step, attempt, detail, error }: RecordDraft): LogLine {
  return { at: new Date(at), step: step ?? '', attempt: attempt ?? 1, level: 'note', text: detail ?? error ?? '' };
}

function lineOf({ step, attempt }: RecordDraft, { at, notes: _before, ...said }: StoredLine): LogLine {
  return { at: new Date(at), step: step ?? '', attempt: attempt ?? 1, ...said };
}
