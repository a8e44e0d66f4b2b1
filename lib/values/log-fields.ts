/** What a log line is about. */
export interface LogFields {
  readonly workflow: string;
  readonly processId: string;
  readonly groupId: string;
  readonly step: string;
  /** The attempt of the step run. */
  readonly attempt: number;
}

let subject: Partial<LogFields> | undefined;

/** Logs a line of the engine. A logger asks for the fields while it is called. */
export function saidAbout(fields: Partial<LogFields>, log: () => void): void {
  const before = subject;
  subject = fields;
  try {
    log();
  } finally {
    subject = before;
  }
}

/** What the line of the engine that is being logged is about. Undefined: no line of the engine is. */
export function subjectOfLine(): Partial<LogFields> | undefined {
  return subject;
}
