import { isFinished, type ProcessState } from '../core/process.js';
import { checkHand } from '../context/names.js';
import { NotWaitingError, ProcessAlreadyLiveError, ProcessFinishedError, ProcessNotFoundError } from '../errors.js';
import type { Hand, Hands } from './hands.js';
import type { History } from './history.js';
import type { Lookup, ProcessRef } from './lookup.js';
import type { Told } from './seat.js';

/** What people do to processes. What no longer applies is an error here: they should know. */
export class Operations {
  constructor(
    private readonly hands: Hands,
    private readonly lookup: Lookup,
    private readonly history: History,
  ) {}

  async suspend(ref: ProcessRef, hand: Hand): Promise<ProcessState> {
    return this.tell(await this.live(ref), { type: 'suspended' }, hand, (process) => process);
  }

  async resume(ref: ProcessRef, hand: Hand): Promise<ProcessState> {
    return this.tell(await this.live(ref), { type: 'resumed' }, hand, refuse('it is not suspended'));
  }

  async cancel(ref: ProcessRef, hand: Hand): Promise<ProcessState> {
    return this.tell(await this.live(ref), { type: 'cancelled' }, hand, refuse('it has finished'));
  }

  async retry(ref: ProcessRef, { step, ...hand }: Hand & { step?: string }): Promise<ProcessState> {
    const nothing = refuse(step === undefined ? 'nothing in it has failed' : `its step "${step}" has not failed`, step);
    return this.tell(await this.live(ref), { type: 'retried', ...(step !== undefined && { step }) }, hand, nothing);
  }

  async restartFrom(ref: ProcessRef, version: number, hand: Hand): Promise<ProcessState> {
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

  private async live(ref: ProcessRef): Promise<ProcessState> {
    const process = await this.lookup.toWrite(ref);
    if (isFinished(process.status)) throw new ProcessFinishedError(process.id, process.status);
    return process;
  }

  private async tell({ id }: ProcessState, told: Told, hand: Hand, otherwise: (process: ProcessState) => ProcessState): Promise<ProcessState> {
    checkHand(hand);
    const applied = await this.hands.tell(id, { tell: () => told, waits: [], messages: [] }, hand);
    if (!applied) throw new ProcessNotFoundError(id);
    return applied.change ? applied.process : otherwise(applied.process);
  }
}

function refuse(why: string, step = ''): (process: ProcessState) => never {
  return ({ id, status }) => {
    throw new NotWaitingError(id, step, [], `Process ${id} is ${status}: ${why}.`);
  };
}
