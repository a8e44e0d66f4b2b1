import type { ActionName, PossibleAction, Process } from '../api/types.js';

export interface ActionWords {
  readonly verb: string;
  /** The choice that changes nothing. */
  readonly safe: string;
  readonly isDangerous: boolean;
  /** What its data is called in the body; null: it takes none. */
  readonly data: 'patch' | 'input' | 'response' | 'data' | null;
}
const words = (verb: string, isDangerous: boolean, data: ActionWords['data'] = null, safe = 'Change nothing'): ActionWords => ({
  verb,
  safe,
  isDangerous,
  data,
});

export const ACTIONS: Readonly<Record<ActionName, ActionWords>> = {
  retry: words('Retry', false),
  provideInput: words('Provide input for', false, 'input', 'Close'),
  respond: words('Send the response to', false, 'response', 'Close'),
  emit: words('Send the event to', false, 'data', 'Close'),
  resume: words('Resume', false),
  suspend: words('Suspend', true, null, 'Let it go on'),
  skip: words('Skip', true, 'patch'),
  restartFrom: words('Restart', true),
  cancel: words('Cancel', true, null, 'Keep it'),
  cancelAndUndo: words('Cancel and undo', true, null, 'Keep it'),
  erase: words('Erase', true, null, 'Keep it'),
};

/** What helps comes first, what ends it comes last. */
const ORDER = Object.keys(ACTIONS) as ActionName[];

export function inOrder(actions: readonly PossibleAction[]): PossibleAction[] {
  return actions.toSorted((a, b) => ORDER.indexOf(a.action) - ORDER.indexOf(b.action));
}

/** The verb, and what it concerns: a step, else the process by its group id. */
export function actionLabel({ action, step }: Pick<PossibleAction, 'action' | 'step'>, { groupId, id }: Pick<Process, 'groupId' | 'id'>): string {
  return `${ACTIONS[action].verb} ${step ?? (groupId || id)}`;
}

/** On a button of the page of one process. */
export function buttonLabel({ action, step, index }: Pick<PossibleAction, 'action' | 'step' | 'index'>): string {
  if (step !== null) return `${ACTIONS[action].verb} ${step}${index === undefined ? '' : `, item ${index + 1}`}`;
  return action === 'restartFrom' ? 'Restart from a version' : ACTIONS[action].verb.replace(/ (for|to)$/, '');
}

export interface Given {
  readonly reason: string;
  readonly data: unknown;
  readonly next: string;
  readonly contextVersion: number;
}

const at = encodeURIComponent;

/** The request of an action. */
export function actionRequest({ action, step, index }: PossibleAction, process: Process, given: Given): { path: string; body: object } {
  const reason = given.reason.trim() === '' ? {} : { reason: given.reason.trim() };
  const one = (name: string, body: object = {}) => ({ path: `processes/${at(process.id)}/${name}`, body: { ...body, ...reason } });
  switch (action) {
    case 'retry':
      return one('retry', step === null ? {} : { step });
    case 'skip':
      return one('skip', { step, patch: given.data ?? {}, ...(given.next !== '' && { next: given.next }) });
    case 'restartFrom':
      return one('restart', { contextVersion: given.contextVersion });
    case 'cancelAndUndo':
      return one('cancel', { compensate: true });
    case 'provideInput':
      return {
        path: `workflows/${at(process.workflow)}/processes/${at(process.id)}/inputs/${at(step!)}`,
        body: { input: given.data, ...(index !== undefined && { index }), ...reason },
      };
    case 'respond':
      return one('respond', { step, response: given.data });
    case 'emit':
      return one('emit', { step, data: given.data });
    case 'erase':
      return { path: 'erasures', body: { process: process.id, cancel: process.finishedAt === null, ...reason } };
    default:
      return one(action);
  }
}
