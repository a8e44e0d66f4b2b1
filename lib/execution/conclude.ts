import { describe } from '../values/describe-error.js';
import type { ProcessWriter } from '../writer/process-writer.js';
import type { BodyResult } from './read-result.js';
import { type Speaker, tellOutcome } from './step-outcome.js';

/**
 * Records what a body came to, as long as that takes. What the database refuses for good is a failed attempt: the body would
 * otherwise run again at every look, for ever, and nobody would know why.
 */
export async function conclude(writer: ProcessWriter, id: string, result: BodyResult, speaker: Speaker): Promise<void> {
  const waits = speaker.taskOf === undefined ? [] : [speaker.token.key];
  const record = (what: BodyResult) => writer.apply(id, { tell: tellOutcome(what, speaker), waits, messages: [], patient: true });
  await record(result).catch((error: unknown) => record({ failed: `NotRecorded: ${describe(error)}`, permanent: true }));
}
