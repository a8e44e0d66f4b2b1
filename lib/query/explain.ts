import { type OutgoingMessage, patternText } from '../core/outgoing.js';
import { isFinished, isUnclaimed, type ProcessState } from '../core/process.js';
import { isSuspect } from '../core/suspicion.js';
import { itsTurn } from '../core/runnable.js';
import { isActive, isEventToken, type Token } from '../core/token.js';
import { failures, heldUp } from './explain-failures.js';
import { undoWords } from './explain-undos.js';
import { waitWords } from './explain-waits.js';
import { type Explained, namedSteps, placeOf, when, type Word } from './explained.js';
import type { Explanation } from './shapes.js';
import { howMany } from '../values/how-many.js';

/** How many things are told one by one. */
const MOST_TOLD = 5;
const MOST_REMEDIES = 20;

/** Says where a process stands, and what would move it. */
export function explain(subject: Explained): Omit<Explanation, 'waits' | 'progress'> {
  const { process } = subject;
  const words = [...wordsOf(subject), ...outboxWords(subject)];
  const sentence = `Process ${process.id} of workflow "${process.workflow}" version ${process.workflowVersion} ${explanationOf(words)}.`;
  return { sentence, remedies: [...new Set(words.flatMap(({ remedies = [] }) => remedies))].slice(0, MOST_REMEDIES) };
}

function explanationOf(words: readonly Word[]): string {
  const told = words.slice(0, MOST_TOLD).map(({ says }) => says);
  return words.length > told.length ? `${told.join('; ')}; and ${words.length - told.length} more` : told.join('; ');
}

function wordsOf(subject: Explained): Word[] {
  const { process, definition } = subject;
  if (isFinished(process.status)) return [finished(process)];
  const waits = waitWords(subject);
  if (!definition) return [unknown(subject), ...waits];
  const parts = [...standstill(process), ...failures(subject), ...heldUp(subject), ...running(subject), ...undoWords(subject), ...waits];
  return parts.length > 0 ? parts : [{ says: `is ${process.status}` }];
}

/** A sender that is down holds up the messages of a process, and not its steps. */
function outboxWords({ untransmitted }: Explained): Word[] {
  const first = untransmitted.find(({ readyAt }) => readyAt !== null);
  return untransmitted.filter((message) => message.readyAt === null || (message === first && message.attempts > 0)).map(outboxWord);
}

function outboxWord({ id, sender, pattern, attempts, error, readyAt }: OutgoingMessage): Word {
  const says = `has not got message ${id} (${patternText(pattern)}) to "${sender}" in ${howMany(attempts, 'attempt')}: ${error}`;
  const next = readyAt === null ? 'it is parked' : `the next attempt is at ${when(readyAt)}, and later messages wait behind it`;
  return { says: `${says}; ${next}`, remedies: [`outbox.replay('${id}')`, `outbox.discard('${id}')`] };
}

/* ----------------------------------------------------------- the process as a whole ---- */

function finished({ id, status, cause, finishedAt, contextVersion }: ProcessState): Word {
  const why = cause === null ? '' : `: ${cause}`;
  return {
    says: `${status === 'completed' ? 'completed' : 'was cancelled'} at ${when(finishedAt!)}${why}`,
    remedies: [`restartFrom('${id}', 1 to ${contextVersion})`],
  };
}

function unknown({ process: { id, workflow, workflowVersion }, withdrawn }: Explained): Word {
  if (withdrawn)
    return {
      says: 'stands still: this version of its workflow was withdrawn',
      remedies: ['define() its document again', migration(workflow, workflowVersion), `cancel('${id}')`],
    };
  return {
    says: 'stands still here: this application does not know this version of its workflow',
    remedies: [`deploy version ${workflowVersion} of "${workflow}" again, or define() its document`, migration(workflow, workflowVersion), `cancel('${id}')`],
  };
}

function migration(workflow: string, from: number): string {
  return `once it is known here: plan('${workflow}', { from: ${from}, to: … }), then migrate()`;
}

function standstill({ id, status, cause }: ProcessState): Word[] {
  if (status !== 'suspended') return [];
  return [{ says: `is suspended${cause === null ? '' : `: ${cause}`}`, remedies: [`resume('${id}')`, `cancel('${id}')`] }];
}

function running({ process: { status, tokens, worker }, waitsFor, isFull }: Explained): Word[] {
  if (status !== 'running') return [];
  const steps = itsTurn(tokens);
  if (worker === null || isUnclaimed(worker)) return [unclaimed(steps, isFull), ...inLine(tokens)];
  const runs = steps.filter((token) => waitsFor(token) === undefined);
  const waits = steps.filter((token) => !runs.includes(token)).map((token) => ({ says: `waits to run ${placeOf(token)}: for ${waitsFor(token)}` }));
  const suspected = steps.filter(isSuspect).map((token) => ({ says: `${placeOf(token)} may be what kills its workers: ${token.crashes} died in it` }));
  return [
    ...(runs.length > 0 || waits.length === 0 ? [{ says: `runs ${namedSteps(runs)} on worker ${worker}` }] : []),
    ...waits,
    ...inLine(tokens),
    ...suspected,
  ];
}

/** Accepted events behind the one that is handled, and undos that wait for running bodies. */
function inLine(tokens: readonly Token[]): Word[] {
  const behind = tokens.filter((token) => isActive(token) && isEventToken(token)).length - 1;
  const inRows = tokens.reduce((sum, token) => (token.does === 'events' ? sum + token.todo[1] - token.todo[0] : sum), 0);
  const count = Math.max(behind, 0) + inRows;
  const undos = tokens.filter((token) => token.does === 'undo' && token.open > 0);
  return [
    ...(count > 0
      ? [{ says: `has accepted ${count === 1 ? 'one more event, which waits' : `${count} more events, which wait`} for the older ones to be handled` }]
      : []),
    ...undos.map((token) => ({ says: `waits with ${placeOf(token)} for running bodies to end` })),
  ];
}

function unclaimed(steps: readonly Token[], isFull: boolean): Word {
  const says = `can run ${namedSteps(steps)}, and no worker has taken it`;
  if (isFull) return { says: `${says}: this one holds as many processes as it may`, remedies: ['wait, start more instances, or raise `worker.concurrency`'] };
  return { says, remedies: ['start an instance that knows the workflow and has `worker.enabled`'] };
}
