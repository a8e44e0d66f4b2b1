import type { UndoTries } from '../core/events.js';
import { dueAtOf, type WaitState } from '../core/wait.js';
import type { Undone } from '../execution/step-context.js';
import { type Explained, placeOf, responding, stepAt, when, type Word } from './explained.js';
import type { UndoPlan } from './undo-plans.js';

/** How many step runs are named. */
const MOST_NAMED = 5;

/** Says for each undo what it has undone, what is next, and what it waits for. */
export function undoWords(subject: Explained): Word[] {
  const { undos, waits } = subject;
  return undos.map((plan) => {
    const wait = waits.find(({ token }) => token.key === plan.token.key);
    const says = `is ${placeOf(plan.token)}: ${[...undoneSoFar(plan), nextUndone(plan), ...failedSoFar(plan.token.tried), ...awaited(wait)].join('; ')}`;
    return wait?.waitsFor.kind === 'response' ? { says, remedies: [responding(wait, subject)] } : { says };
  });
}

function undoneSoFar({ undone }: UndoPlan): string[] {
  return undone.length === 0 ? [] : [`${named(undone)} ${undone.length === 1 ? 'is' : 'are'} undone`];
}

function nextUndone({ left: [next, ...later] }: UndoPlan): string {
  if (!next) return 'nothing is left to undo';
  const reached = REACHED[next.reached];
  return `${stepAt(next)} is undone next${reached === '' ? '' : ` (${reached})`}${later.length === 0 ? '' : `, and then ${named(later)}`}`;
}

const REACHED: Readonly<Record<Undone['reached'], string>> = {
  asked: 'it has asked, and was not answered',
  answered: 'it was answered, and not completed',
  failed: 'it failed after its answer',
  completed: '',
};

function awaited(wait: WaitState | undefined): string[] {
  if (!wait) return [];
  const dueAt = dueAtOf(wait);
  if (wait.waitsFor.kind !== 'response') return [`the next attempt is at ${when(dueAt!)}`];
  return [`it has asked, and waits for the answer${dueAt === null ? '' : `, at most until ${when(dueAt)}`}`];
}

function failedSoFar({ failed, error }: Partial<UndoTries> = {}): string[] {
  if (error === undefined || failed === 0) return [];
  return [`${failed === 1 ? 'one attempt has' : `${failed} attempts have`} failed, the last with ${error}`];
}

function named(visits: readonly Undone[]): string {
  const names = visits.slice(0, MOST_NAMED).map(stepAt);
  return visits.length > names.length ? `${names.join(', ')} and ${visits.length - names.length} more` : names.join(', ');
}
