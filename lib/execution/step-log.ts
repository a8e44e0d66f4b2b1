import { inspect } from 'node:util';
import type { ProcessLimits } from '../context/process-limits.js';
import type { Note } from '../core/events.js';
import { howMany } from '../values/how-many.js';
import { redacted } from '../values/redaction.js';
import type { LogFields } from '../values/log-fields.js';
import type { Clock } from '../values/clock.js';

/** The methods of Nest's `Logger`. */
export type LogLevel = 'log' | 'warn' | 'error' | 'debug' | 'verbose' | 'fatal';

const LONGEST_LINE = 2000;

/** A line as it is stored. */
export interface StoredLine {
  readonly at: number;
  readonly level: LogLevel;
  /** The context of the logger that wrote the line. */
  readonly context?: string;
  readonly text: string;
  /** How many notes the attempt had made before this line. */
  readonly notes?: number;
}

/** Collects notes and log lines while one body runs. Log lines after its end are dropped. */
export class StepLog {
  private noted: Note[] | undefined;
  private lines: StoredLine[] | undefined;
  private leftOut = 0;
  private notesLeftOut = 0;
  private isClosed = false;

  constructor(
    private readonly clock: Pick<Clock, 'now'>,
    private readonly limits: Pick<ProcessLimits, 'notes' | 'logLines'>,
    /** The step run. */
    readonly of?: Omit<LogFields, 'step'> & { readonly name: string },
  ) {}

  /** Notes have audit records of their own. */
  get notes(): readonly Note[] {
    const noted = this.noted ?? NO_NOTES;
    return this.notesLeftOut === 0
      ? noted
      : [...noted, { text: `${howMany(this.notesLeftOut, 'more note was', 'more notes were')} left out`, at: noted.at(-1)!.at }];
  }

  note(text: string): void {
    const noted = (this.noted ??= []);
    if (noted.length === this.limits.notes) this.notesLeftOut++;
    else noted.push({ text: redacted(text).slice(0, LONGEST_LINE).toWellFormed(), at: this.now() });
  }

  /** Never throws, because logging must not fail the step. */
  hear(level: LogLevel, said: readonly unknown[], context?: string): void {
    if (this.isClosed) return;
    const lines = (this.lines ??= []);
    if (lines.length === this.limits.logLines) this.leftOut++;
    else lines.push({ at: this.now(), level, ...(context !== undefined && { context }), text: textOf(said), ...this.behind });
  }

  /** Ends the log, and returns each line as JSON. */
  close(): readonly string[] {
    this.isClosed = true;
    if (!this.lines) return SILENCE;
    const more: StoredLine[] =
      this.leftOut === 0
        ? []
        : [{ at: this.now(), level: 'warn', text: `${howMany(this.leftOut, 'more line was', 'more lines were')} left out`, ...this.behind }];
    return [...this.lines, ...more].map((line) => JSON.stringify(line));
  }

  private get behind(): { notes?: number } {
    return this.noted ? { notes: this.noted.length } : {};
  }

  private now(): number {
    return this.clock.now().getTime();
  }
}

const SILENCE: readonly string[] = [];
const NO_NOTES: readonly Note[] = [];

function textOf(said: readonly unknown[]): string {
  return redacted(said.map(inWords).join('\n')).slice(0, LONGEST_LINE).toWellFormed();
}

function inWords(value: unknown): string {
  if (typeof value === 'string') return value;
  try {
    return value instanceof Error ? (value.stack ?? String(value)) : inspect(value, { breakLength: Infinity });
  } catch {
    return 'something that cannot be described';
  }
}
