/** Tells loggers what a line is about. Nest's JSON logger has it added; others ask for it. */
import { ConsoleLogger } from '@nestjs/common';
import { type LogFields, subjectOfLine } from '../values/log-fields.js';
import { bodyNow } from './logger-tee.js';

/**
 * What the line that is being logged is about: of a body of a step, or of the engine; `{}` for others. Give it to a logger that adds fields to its
 * lines. Nest's own JSON logger needs nothing.
 *
 * @example
 * LoggerModule.forRoot({ pinoHttp: { mixin: logFields } })
 */
export function logFields(): Partial<LogFields> {
  const said = subjectOfLine();
  if (said) return { ...said };
  const body = bodyNow();
  return body ? visitFields(body) : {};
}

/** The fields of a step run. */
export function visitFields({ workflow, processId, groupId, name: step, attempt }: Omit<LogFields, 'step'> & { readonly name: string }): LogFields {
  return { workflow, processId, groupId, step, attempt };
}

type MakeRecord = (this: unknown, ...given: unknown[]) => Record<string, unknown>;

/** The number of applications in this Node process whose lines are labelled. */
let applications = 0;
let unlabel = () => {};

/** Adds the fields to each line of Nest's JSON logger, until the returned function is called, which calls `end`. The names of Nest win. */
export function labelLogs(end: () => void): () => void {
  if (++applications === 1) unlabel = labelJson(ConsoleLogger.prototype as unknown as { getJsonLogObject?: MakeRecord });
  let labels = true;
  return () => {
    if (labels && --applications === 0) unlabel();
    labels = false;
    end();
  };
}

/** Nest 11.0 does not have the method, so its lines stay as they are. */
function labelJson(logger: { getJsonLogObject?: MakeRecord }): () => void {
  const make = logger.getJsonLogObject;
  if (!make) return () => {};
  const labelled: MakeRecord = function (this: unknown, ...given) {
    return { ...logFields(), ...make.apply(this, given) };
  };
  logger.getJsonLogObject = labelled;
  return () => {
    if (logger.getJsonLogObject === labelled) logger.getJsonLogObject = make;
  };
}
