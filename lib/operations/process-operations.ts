import { isFinished, type ProcessState, type Token, type WaitState } from '../core/process.js';
import { storedPatch } from '../context/context.js';
import { checkCallOptions } from '../context/checks.js';
import { InvalidInputError, NotWaitingError, ProcessAlreadyLiveError, ProcessFinishedError, ProcessNotFoundError } from '../values/errors.js';
import type { CallOptions, ProcessCommands } from '../writer/process-commands.js';
import type { History } from '../query/process-history.js';
import type { Lookup } from '../query/process-lookup.js';
import type { ProcessRef, ProcessOf } from '../query/process-ref.js';
import type { Standing, Told } from '../writer/process-cache.js';
import type { Class } from '../values/types.js';

/** `next`: where a decision goes on. */
export type Skipping = CallOptions & { readonly next?: string };

/** What people do to processes. What no longer applies is an error here: they should know. */
export class Operations {
  constructor(
    private readonly hands: ProcessCommands,
    private readonly lookup: Lookup,
    private readonly history: History,
  ) {}

  async suspend(ref: ProcessRef, hand: CallOptions): Promise<ProcessState> {
    return this.tell(await this.live(ref, hand), { type: 'suspended' }, hand, notFinished);
  }

  async resume(ref: ProcessRef, hand: CallOptions): Promise<ProcessState> {
    return this.tell(await this.live(ref, hand), { type: 'resumed' }, hand, refuse('it is not suspended'));
  }

  async cancel(ref: ProcessRef, { compensate, ...hand }: CallOptions & { compensate?: boolean }): Promise<ProcessState> {
    return this.tell(await this.live(ref, hand), { type: 'cancelled', ...(compensate && { compensate }) }, hand, refuse('it has finished'));
  }

  /** Every visit to the step that waits or has failed: inside an each there may be many. */
  async skip(workflow: Class | string, ref: ProcessOf, step: Class | string, patch: object, { next, ...hand }: Skipping): Promise<ProcessState> {
    const process = notFinished(await this.lookup.ofWorkflow(workflow, ref, hand.manager));
    checkCallOptions(hand);
    const steps = this.lookup.stepsMeant(process, step);
    for (const name of steps) checkWay(this.lookup.edgesOf(process, name), name, next);
    const visits = standing(process, await this.lookup.waitsOf(process.id, hand.manager)).filter(({ node }) => steps.includes(node));
    let last: ProcessState | undefined;
    for (const visit of visits) last = (await this.skipVisit(process.id, visit, patch, next, hand)) ?? last;
    return last ?? refuse(`its step "${steps.join('", "')}" neither waits nor has failed`, steps[0])(process);
  }

  private async skipVisit(id: string, { key, run }: Token, patch: object, next: string | undefined, hand: CallOptions): Promise<ProcessState | undefined> {
    const way = next === undefined ? {} : { branch: next };
    const tell = ({ bound, context }: Standing): Told => ({ type: 'skipped', key, run, patch: storedPatch(bound.context, patch, context), ...way });
    const applied = await this.hands.tell(id, { tell, waits: [key], messages: [] }, hand);
    return applied?.change ? applied.process : undefined;
  }

  async retry(ref: ProcessRef, { step, ...hand }: CallOptions & { step?: string }): Promise<ProcessState> {
    const nothing = refuse(step === undefined ? 'nothing in it has failed' : `its step "${step}" has not failed`, step);
    return this.tell(await this.live(ref, hand), { type: 'retried', ...(step !== undefined && { step }) }, hand, nothing);
  }

  async restartFrom(ref: ProcessRef, version: number, hand: CallOptions): Promise<ProcessState> {
    const process = await this.lookup.toRead(ref);
    const [values, places] = await Promise.all([this.history.valuesAt(process, version), this.history.placesAt(process, version)]);
    const told: Told = { type: 'restarted', root: process.root, version, values, places };
    return this.tell(process, told, hand, refuse('it was restarted by somebody else at the same moment')).catch((error: unknown) => this.taken(process, error));
  }

  private async taken(process: ProcessState, error: unknown): Promise<never> {
    if (!(error instanceof ProcessAlreadyLiveError)) throw error;
    const other = await this.lookup.toWrite({ workflow: process.workflow, groupId: process.groupId });
    throw new ProcessAlreadyLiveError(other.id, process.workflow, process.groupId);
  }

  private async live(ref: ProcessRef, { manager }: CallOptions): Promise<ProcessState> {
    return notFinished(await this.lookup.toWrite(ref, manager));
  }

  private async tell({ id }: ProcessState, told: Told, hand: CallOptions, otherwise: (process: ProcessState) => ProcessState): Promise<ProcessState> {
    checkCallOptions(hand);
    const unbound = told.type === 'suspended' || (told.type === 'cancelled' && !told.compensate);
    const applied = await this.hands.tell(id, { tell: () => told, waits: [], messages: [], unbound }, hand);
    if (!applied) throw new ProcessNotFoundError(id);
    return applied.change ? applied.process : otherwise(applied.process);
  }
}

function notFinished(process: ProcessState): ProcessState {
  if (isFinished(process.status)) throw new ProcessFinishedError(process.id, process.status);
  return process;
}

/** What a person can let pass: it has failed, or waits for something. What watches over a visit, or holds others together, is none. */
function standing({ tokens }: ProcessState, waits: readonly WaitState[]): Token[] {
  const failed = tokens.filter(({ fault }) => fault !== undefined);
  const waiting = waits.filter(({ kind, key }) => kind !== 'branches' && !key.includes('~'));
  return [...new Map([...failed, ...waiting].map((token) => [token.key, token])).values()];
}

/** Nobody has decided where a decision that is skipped goes on: whoever skips it says so. */
function checkWay(edges: readonly string[], step: string, next: string | undefined): void {
  if (next === undefined ? edges.length < 2 : edges.length > 1 && edges.includes(next)) return;
  const ways = edges.map((edge) => `'${edge}'`).join(', ');
  const problem = edges.length < 2 ? `"${step}" is no decision: leave it out` : `"${step}" is a decision: say where it goes on, one of ${ways}`;
  throw new InvalidInputError('next', [problem]);
}

function refuse(why: string, step = ''): (process: ProcessState) => never {
  return ({ id, status }) => {
    throw new NotWaitingError(id, step, [], `Process ${id} is ${status}: ${why}.`);
  };
}
