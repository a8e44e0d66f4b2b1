/** What people can do about a process now; and of what they cannot do, why. */
import type { ApiRight } from '../api/api-options.js';
import { isFinished, type ProcessState } from '../core/process.js';
import { isWatchKey } from '../core/token-key.js';
import { hasFailed, isStepToken, type Token } from '../core/token.js';
import type { WaitState } from '../core/wait.js';
import type { WaitKind } from '../core/waits-for.js';
import { edgesOf, stepsOf, unsolicitedSteps, type WorkflowDefinition } from '../definition/graph.js';

type ActionName = 'retry' | 'skip' | 'cancel' | 'cancelAndUndo' | 'restartFrom' | 'suspend' | 'resume' | 'provideInput' | 'respond' | 'emit' | 'erase';

/** An action of the console. */
export interface PossibleAction {
  readonly action: ActionName;
  readonly step: string | null;
  /** The right that it needs. */
  readonly right: Exclude<ApiRight, 'read'>;
  readonly allowed: boolean;
  /** Why it is not allowed. */
  readonly why: string | null;
  /** What will happen. */
  readonly says: string;
  /** The JSON Schema of its data: an input, a response, an event, or the values of a skip. */
  readonly schema: object | null;
  /** To skip a decision needs one of these. */
  readonly branches?: readonly string[];
  /** Inside a `forEach`: the item that an input is for. */
  readonly index?: number;
}

/** What decides about actions. */
export interface ActionFacts {
  readonly process: ProcessState;
  readonly waits: readonly WaitState[];
  /** Undefined: this application does not know the workflow, or not in this version. */
  readonly definition: WorkflowDefinition | undefined;
  readonly rights: ReadonlySet<ApiRight>;
  /** True: what concerns other processes, too, needs the right `administer` as well. */
  readonly hasTenants: boolean;
  /** The JSON Schema of the message of a step; null: none is known. */
  readonly messageOf: (step: string) => object | null;
  /** The JSON Schema of values of the context. */
  readonly values: object | null;
}

/** Of each kind, so many steps are named. */
const MOST_STEPS = 20;

export function possibleActions(facts: ActionFacts): PossibleAction[] {
  const wished = [
    ...[retry(facts), ...skips(facts), ...inputs(facts), ...responses(facts), ...events(facts)],
    ...[suspend(facts), resume(facts), restartFrom(facts), cancel(facts), cancelAndUndo(facts), erase(facts)],
  ];
  return wished.map(({ whole = false, ...action }) => withRight(action, whole, facts));
}

/** `why` null: nothing of the process stands in the way. */
interface Wished extends Omit<PossibleAction, 'allowed'> {
  /** It concerns other processes, too. */
  readonly whole?: boolean;
}

function withRight(action: Omit<PossibleAction, 'allowed'>, whole: boolean, { rights, hasTenants }: ActionFacts): PossibleAction {
  const needed = [action.right, ...(whole && hasTenants ? ['administer' as const] : [])];
  const missing = needed.find((right) => !rights.has(right));
  const why = action.why ?? (missing === undefined ? null : `This needs the right "${missing}".`);
  return { ...action, allowed: why === null, why };
}

const OF_ALL = { step: null, schema: null };

/** Why nothing can be done to a process that has finished; null: it has not. */
function overWhy({ status }: ProcessState): string | null {
  return isFinished(status) ? `The process is ${status}.` : null;
}

function unknownWhy({ process, definition }: ActionFacts): string | null {
  return definition ? null : `This application does not know version ${process.workflowVersion} of the workflow.`;
}

/* ----------------------------------------------------------- the process as a whole ---- */

function suspend({ process }: ActionFacts): Wished {
  const why = overWhy(process) ?? (process.status === 'suspended' ? 'The process is suspended.' : null);
  return { ...OF_ALL, action: 'suspend', right: 'mend', why, says: 'No step starts until the process is resumed. Messages are kept.' };
}

function resume({ process }: ActionFacts): Wished {
  const why = process.status === 'suspended' ? null : 'The process is not suspended.';
  return { ...OF_ALL, action: 'resume', right: 'mend', why, says: 'The process goes on where it stands.' };
}

function restartFrom(facts: ActionFacts): Wished {
  const says = 'All that the process waits for ends. It goes on from an older version of its data, and asks again.';
  return { ...OF_ALL, action: 'restartFrom', right: 'mend', why: unknownWhy(facts), says };
}

function cancel({ process }: ActionFacts): Wished {
  return { ...OF_ALL, action: 'cancel', right: 'mend', why: overWhy(process), says: 'The process ends. What was done stays as it is.' };
}

function cancelAndUndo(facts: ActionFacts): Wished {
  const { process, definition } = facts;
  const canUndo = definition !== undefined && stepsOf(definition).some(({ compensates }) => compensates);
  const why = overWhy(process) ?? unknownWhy(facts) ?? (canUndo ? null : 'No step of this workflow says how it is undone.');
  return { ...OF_ALL, action: 'cancelAndUndo', right: 'mend', why, says: 'What was done is undone, the newest first. Then the process ends.' };
}

function erase({ process }: ActionFacts): Wished {
  const end = isFinished(process.status) ? '' : 'The process is cancelled. ';
  const says = `${end}The process, those that it has started, and all their data are deleted for good.`;
  return { ...OF_ALL, action: 'erase', right: 'administer', whole: true, why: null, says };
}

/* ----------------------------------------------------------------------- its steps ---- */

function retry(facts: ActionFacts): Wished {
  const { process, waits } = facts;
  const failed = [...process.tokens, ...waits.map(({ token }) => token)].filter(hasFailed);
  const only = new Set(failed.map(({ key }) => key)).size === 1 && isStepToken(failed[0]!) ? failed[0].node : null;
  const why = overWhy(process) ?? (failed.length === 0 ? 'Nothing in it has failed.' : unknownWhy(facts));
  const says = only === null ? 'All that has failed gets a new attempt.' : `Step "${only}" gets a new attempt, with the message it had.`;
  return { action: 'retry', step: only, right: 'mend', why, says, schema: null };
}

/** One for each step. If there is none, one that says why. */
function forSteps(facts: ActionFacts, steps: readonly string[], none: string, action: (step: string) => Wished): Wished[] {
  const why = overWhy(facts.process) ?? unknownWhy(facts) ?? (steps.length === 0 ? none : null);
  const named = [...new Set(steps)].slice(0, MOST_STEPS);
  return why === null ? named.map((step) => action(step)) : [{ ...action('…'), step: null, schema: null, why }];
}

function skips(facts: ActionFacts): Wished[] {
  const { process, waits, definition, values } = facts;
  const waiting = waits.filter(({ token, waitsFor }) => waitsFor.kind !== 'branches' && waitsFor.kind !== 'listener' && !isWatchKey(token.key) && !isTaken(waitsFor)); // prettier-ignore
  const tokens: Token[] = [...process.tokens.filter(hasFailed), ...waiting.map(({ token }) => token)];
  const steps = tokens.filter(isStepToken).map(({ node }) => node);
  return forSteps(facts, steps, 'No step waits, and none has failed.', (step) => {
    const node = definition?.nodes.get(step);
    const branches = node?.kind === 'step' && edgesOf(node).length > 1 ? edgesOf(node) : undefined;
    const says = `Step "${step}" counts as done, with the values that you give.`;
    return { action: 'skip', step, right: 'mend', why: null, says, schema: values, ...(branches && { branches }) };
  });
}

function isTaken(waitsFor: WaitState['waitsFor']): boolean {
  return waitsFor.kind === 'task' && waitsFor.worker !== null;
}

function waitsOfKind({ waits }: ActionFacts, kind: WaitKind): readonly WaitState[] {
  return waits.filter(({ token, waitsFor }) => waitsFor.kind === kind && isStepToken(token));
}

/** Steps beside the flow that take such a message at any time. */
function beside({ definition }: ActionFacts, kind: 'input' | 'event'): string[] {
  return definition ? unsolicitedSteps(definition).filter(({ gate }) => gate.for === kind).map(({ name }) => name) : []; // prettier-ignore
}

function inputs(facts: ActionFacts): Wished[] {
  const waits = waitsOfKind(facts, 'input');
  const steps = [...waits.map(({ token }) => token.node), ...beside(facts, 'input')];
  return forSteps(facts, steps, 'No step waits for an input.', (step) => {
    const token = waits.find((wait) => wait.token.node === step)?.token;
    const index = token && 'index' in token ? token.index : undefined;
    const says = `Step "${step}" gets the input${index === undefined ? '' : ` of item ${index}`}, and runs.`;
    return { action: 'provideInput', step, right: 'input', why: null, says, schema: facts.messageOf(step), ...(index !== undefined && { index }) };
  });
}

function responses(facts: ActionFacts): Wished[] {
  const steps = waitsOfKind(facts, 'response').map(({ token }) => token.node);
  return forSteps(facts, steps, 'No step waits for a response.', (step) => {
    const says = `Step "${step}" gets the response that it has asked for, and runs.`;
    return { action: 'respond', step, right: 'input', why: null, says, schema: facts.messageOf(step) };
  });
}

function events(facts: ActionFacts): Wished[] {
  const steps = [...waitsOfKind(facts, 'event').map(({ token }) => token.node), ...beside(facts, 'event')];
  return forSteps(facts, steps, 'No step waits for an event.', (step) => {
    const says = `Step "${step}" gets the event. So do other processes that wait for it under the same key.`;
    return { action: 'emit', step, right: 'input', whole: true, why: null, says, schema: facts.messageOf(step) };
  });
}
