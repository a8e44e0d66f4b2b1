import type { Explanation } from './shapes.js';
import { eventAddress, eventIn, namedIn } from '../core/addresses.js';
import { isActive, isFinished, type ProcessState, type Token, type WaitState } from '../core/process.js';
import { edgesOf, type WorkflowDefinition } from '../definition/graph.js';

/** All that an explanation is made of. */
export interface Explained {
  readonly process: ProcessState;
  readonly waits: readonly WaitState[];
  /** Undefined: this application does not know its workflow, or not in this version. */
  readonly definition: WorkflowDefinition | undefined;
  /** Its workflow has been taken back. */
  readonly withdrawn: boolean;
}

/** What somebody is told of one thing, and what they could do about it. */
interface Word {
  readonly says: string;
  readonly remedies?: readonly string[];
}

/** So many things are told one by one. */
const MOST_TOLD = 5;
/** Rows of the engine's own: what they hold together is told of by itself. */
const SILENT: ReadonlySet<string> = new Set(['branches', 'turn']);

/** Where a process stands, and what would move it. */
export function explain(subject: Explained): Omit<Explanation, 'waits'> {
  const { process } = subject;
  const words = wordsOf(subject);
  const sentence = `Process ${process.id} of workflow "${process.workflow}" version ${process.workflowVersion} ${joined(words)}.`;
  return { sentence, remedies: [...new Set(words.flatMap(({ remedies = [] }) => remedies))] };
}

function joined(words: readonly Word[]): string {
  const told = words.slice(0, MOST_TOLD).map(({ says }) => says);
  return words.length > told.length ? `${told.join('; ')}; and ${words.length - told.length} more` : told.join('; ');
}

function wordsOf(subject: Explained): Word[] {
  const { process, definition } = subject;
  if (isFinished(process.status)) return [finished(process)];
  const waits = waitWords(subject);
  if (!definition) return [unknown(subject), ...waits];
  const parts = [...standstill(process), ...failures(subject), ...running(process), ...waits];
  return parts.length > 0 ? parts : [{ says: `is ${process.status}` }];
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

/** It may have failed in more than one of its branches. */
function failures(subject: Explained): Word[] {
  const { process, waits } = subject;
  const failed = new Map([...process.tokens, ...waits].filter(({ fault }) => fault !== undefined).map((token) => [token.key, token]));
  return [...failed.values()].map((token) => ({
    says: `has failed in ${placeOf(token)} at attempt ${token.attempt}: ${token.fault}`,
    remedies: [...againOrPast(token, subject), `restartFrom('${process.id}', 1 to ${process.contextVersion})`, `cancel('${process.id}')`],
  }));
}

/** What undoes, or holds others together, is no step that could be named. */
function againOrPast(token: Token, subject: Explained): string[] {
  const { id } = subject.process;
  if (token.does === 'undo' || token.does === 'branches') return [`retry('${id}')`];
  return [`retry('${id}', { step: '${token.node}' })`, skipping(token, subject)];
}

function skipping({ node: step }: Token, { process: { id, workflow }, definition }: Explained): string {
  const node = definition?.nodes.get(step);
  const edges = node?.kind === 'step' ? edgesOf(node) : [];
  return `skip('${workflow}', '${step}', '${id}'${edges.length > 1 ? `, {}, { next: '${edges.join("' or '")}' }` : ''})`;
}

function running({ status, tokens, worker }: ProcessState): Word[] {
  if (status !== 'running') return [];
  const steps = tokens.filter((token) => isActive(token) || token.does === 'undo');
  const what = steps.map((token) => placeOf(token)).join(', ') || 'its next step';
  if (worker) return [{ says: `runs ${what} on worker ${worker}` }];
  return [{ says: `can run ${what}, and no worker has taken it`, remedies: ['start an instance that knows the workflow and has `worker.enabled`'] }];
}

/* ------------------------------------------------------------------- what it waits for ---- */

function waitWords(subject: Explained): Word[] {
  const { waits } = subject;
  const told = waits.filter(({ kind, fault }) => !SILENT.has(kind) && fault === undefined);
  const visits = told.filter((wait) => !isWatch(wait));
  return [...visits.map((wait) => visitWord(wait, subject)), ...told.filter(isWatch).map(watchWord)];
}

/** It stands beside a visit, to say that it takes too long. */
function isWatch({ key }: WaitState): boolean {
  return key.includes('~');
}

function watchWord(wait: WaitState): Word {
  if (wait.kind === 'overdue') return { says: `is overdue in ${stepAt(wait)}` };
  return { says: `${wait.does === 'remind' ? 'will be overdue' : 'must be done'} with ${stepAt(wait)} at ${when(wait.dueAt ?? wait.since)}` };
}

function visitWord(wait: WaitState, subject: Explained): Word {
  const { says, remedies = [] } = KINDS[wait.kind](wait, subject.process);
  const isKnown = subject.definition !== undefined; // else nothing can be skipped here
  return { says: `${says}${limit(wait)}`, remedies: [...remedies, ...(isKnown ? [skipping(wait, subject)] : [])] };
}

type Tell = (wait: WaitState, process: ProcessState) => Word;

const KINDS: Readonly<Record<WaitState['kind'], Tell>> = {
  response: (wait, { workflow }) => {
    const id = named(wait);
    return { says: `${waitsIn(wait)} for the answer under the correlation id "${id}"`, remedies: [`respond('${workflow}', '${wait.node}', '${id}', …)`] };
  },
  event: (wait) => {
    const [event, key] = eventOf(wait);
    const from = wait.from === undefined ? '' : ` that counts from ${when(wait.from)}`;
    return { says: `${waitsIn(wait)} for the event "${event}" under the key "${key}"${from}`, remedies: [`emit('${event}', '${key}', …)`] };
  },
  input: (wait, { id, workflow }) => ({
    says: `${waitsIn(wait)} for an input that somebody owes`,
    remedies: [`provideInput('${workflow}', '${wait.node}', '${id}', …)`],
  }),
  child: (wait) => ({ says: `${waitsIn(wait)} for its child process ${named(wait)} to end`, remedies: [`explain('${named(wait)}')`] }),
  task: (wait) => {
    if (wait.worker !== null) return { says: `runs ${stepAt(wait)} as a task of the queue "${wait.queue}" on worker ${wait.worker}` };
    const at = wait.readyAt === null ? '' : `, ready from ${when(wait.readyAt)}`;
    return {
      says: `${waitsIn(wait)} for a worker of the queue "${wait.queue}"${at}`,
      remedies: [`start an instance that works off the queue "${wait.queue}"`],
    };
  },
  timer: (wait) => ({ says: `${waitsIn(wait)} ${wait.attempt > 1 ? `for attempt ${wait.attempt}, due at` : 'until'} ${when(wait.dueAt ?? wait.since)}` }),
  condition: (wait) => ({ says: `${waitsIn(wait)} for its condition \`when\` to hold` }),
  overdue: watchWord,
  turn: (wait) => ({ says: waitsIn(wait) }),
  branches: (wait) => ({ says: waitsIn(wait) }),
};

function waitsIn(wait: WaitState): string {
  return `waits in ${stepAt(wait)} since ${when(wait.since)}`;
}

/** How long it may last, where that is not what it waits for. */
function limit({ deadline }: WaitState): string {
  return deadline === undefined ? '' : `, at most until ${when(deadline)}`;
}

function placeOf(token: Token): string {
  if (token.does !== 'undo') return stepAt(token);
  return token.node === '' ? 'undoing what was done' : `undoing what was done in "${token.node}"`;
}

function stepAt({ node, index }: Token): string {
  return index === undefined ? `step "${node}"` : `step "${node}" of item ${index}`;
}

function named({ address }: WaitState): string {
  return namedIn(address ?? '');
}

function eventOf({ address }: WaitState): readonly [event: string, key: string] {
  const event = eventIn(address ?? '') ?? '';
  return [event, (address ?? '').slice(eventAddress(event, '').length)];
}

function when(time: number): string {
  return new Date(time).toISOString();
}
