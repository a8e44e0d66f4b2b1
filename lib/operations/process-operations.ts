import { checkCall, checkWhole } from '../context/call-checks.js';
import { refuseUnknown } from '../context/context.js';
import { isFinished, type ProcessState } from '../core/process.js';
import { isWatchKey } from '../core/token-key.js';
import type { Token } from '../core/token.js';
import type { WaitState } from '../core/wait.js';
import type { History } from '../query/process-history.js';
import type { Lookup } from '../query/process-lookup.js';
import type { ProcessOf, ProcessRef } from '../query/process-ref.js';
import { InvalidInputError, NotWaitingError, ProcessAlreadyLiveError, ProcessFinishedError, ProcessNotFoundError } from '../values/errors.js';
import type { Class } from '../values/types.js';
import type { CallOptions } from '../writer/call-options.js';
import type { NewEvent } from '../writer/pending-event.js';
import type { ProcessCommands } from '../writer/process-commands.js';

/** Operations by people on processes. One that no longer applies is an error, so that the caller knows. */
export class Operations {
  constructor(
    private readonly commands: ProcessCommands,
    private readonly lookup: Lookup,
    private readonly history: History,
  ) {}

  async suspend(ref: ProcessRef, call: CallOptions): Promise<ProcessState> {
    checkCall('action', call);
    return this.apply(await this.live(ref, call), { type: 'suspended' }, call, notFinished);
  }

  async resume(ref: ProcessRef, call: CallOptions): Promise<ProcessState> {
    checkCall('action', call);
    return this.apply(await this.live(ref, call), { type: 'resumed' }, call, refuse('it is not suspended'));
  }

  async cancel(ref: ProcessRef, options: CallOptions & { compensate?: boolean }): Promise<ProcessState> {
    checkCall('cancel', options);
    const { compensate, ...call } = options;
    return this.apply(await this.live(ref, call), { type: 'cancelled', ...(compensate && { compensate }) }, call, refuse('it has finished'));
  }

  /** Skips every run of the step that waits or has failed; inside `forEach` there may be many. `next`: where a decision goes on. */
  async skip(
    workflow: Class | string,
    ref: ProcessOf,
    step: Class | string,
    patch: object,
    options: CallOptions & { readonly next?: string },
  ): Promise<ProcessState> {
    checkCall('skip', options);
    const { next, ...call } = options;
    const process = notFinished(await this.lookup.ofWorkflow(workflow, ref, call.manager));
    const steps = this.lookup.stepsMeant(process, step);
    refuseUnknown(this.history.schemaOf(process), patch, 'The values of the skip');
    for (const name of steps) checkNext(this.lookup.edgesOf(process, name), name, next);
    const visits = skippable(process, await this.lookup.waitsOf(process.id, call.manager)).filter(({ node }) => steps.includes(node));
    const branch = next === undefined ? {} : { branch: next };
    let last: ProcessState | undefined;
    for (const { key, run } of visits) {
      const applied = await this.commands.apply(process.id, { type: 'skipped', key, run, patch, ...branch }, call);
      if (applied?.change) last = applied.process;
    }
    return last ?? refuse(`its step "${steps.join('", "')}" neither waits nor has failed`, steps[0])(process);
  }

  /** `once`: no second try where it is not known whether the first was stored. What fails again after the first could be retried by the second. */
  async retry(ref: ProcessRef, options: CallOptions & { step?: string }, { once = false } = {}): Promise<ProcessState> {
    checkCall('retry', options);
    const { step, ...call } = options;
    const nothing = refuse(step === undefined ? 'nothing in it has failed' : `its step "${step}" has not failed`, step);
    return this.apply(await this.live(ref, call), { type: 'retried', ...(step !== undefined && { step }) }, { ...call, once }, nothing);
  }

  async restartFrom(ref: ProcessRef, version: number, call: CallOptions): Promise<ProcessState> {
    checkCall('action', call);
    checkWhole('contextVersion', version, 1);
    const process = await this.lookup.toRead(ref);
    if (isFinished(process.status) && (await this.lookup.isNotNeeded(process))) return refuse(notNeeded(process))(process);
    const [values, places] = await Promise.all([this.history.valuesAt(process, version), this.history.placesAt(process, version)]);
    const event: NewEvent = { type: 'restarted', root: process.root, version, values, places };
    const otherwise = refuse('it was restarted by somebody else at the same moment');
    return this.apply(process, event, call, otherwise).catch((error: unknown) => this.groupTaken(process, error));
  }

  private async groupTaken(process: ProcessState, error: unknown): Promise<never> {
    if (!(error instanceof ProcessAlreadyLiveError)) throw error;
    const other = await this.lookup.toWrite({ workflow: process.workflow, groupId: process.groupId });
    throw new ProcessAlreadyLiveError(other.id, process.workflow, process.groupId);
  }

  private async live(ref: ProcessRef, { manager }: CallOptions): Promise<ProcessState> {
    return notFinished(await this.lookup.toWrite(ref, manager));
  }

  private async apply(
    { id }: ProcessState,
    event: NewEvent,
    call: CallOptions & { readonly once?: boolean },
    otherwise: (process: ProcessState) => ProcessState,
  ): Promise<ProcessState> {
    const applied = await this.commands.apply(id, event, call);
    if (!applied) throw new ProcessNotFoundError(id);
    return applied.change ? applied.process : otherwise(applied.process);
  }
}

function notFinished(process: ProcessState): ProcessState {
  if (isFinished(process.status)) throw new ProcessFinishedError(process.id, process.status);
  return process;
}

/** Tokens that have failed, or wait for something that can be skipped. A watch of a step run, or a container that waits, cannot. */
function skippable({ tokens }: ProcessState, waits: readonly WaitState[]): Token[] {
  const failed = tokens.filter(({ fault }) => fault !== undefined);
  const waiting = waits
    .filter(({ token, waitsFor }) => waitsFor.kind !== 'branches' && waitsFor.kind !== 'listener' && !isWatchKey(token.key))
    .map(({ token }) => token);
  return [...new Map([...failed, ...waiting].map((token) => [token.key, token])).values()];
}

/** Skipping a decision needs `next`, because no body chose a branch. */
function checkNext(edges: readonly string[], step: string, next: string | undefined): void {
  if (next === undefined ? edges.length < 2 : edges.length > 1 && edges.includes(next)) return;
  const names = edges.map((edge) => `'${edge}'`).join(', ');
  const problem = edges.length < 2 ? `"${step}" is no decision: leave it out` : `"${step}" is a decision: say where it goes on, one of ${names}`;
  throw new InvalidInputError('next', [problem]);
}

/** A restart would be cancelled at once. */
function notNeeded({ parent }: ProcessState): string {
  return `process ${parent!.id}, which started it, does not need it any more. Restart that one`;
}

function refuse(why: string, step = ''): (process: ProcessState) => never {
  return ({ id, status }) => {
    throw new NotWaitingError(id, step, [], `Process ${id} is ${status}: ${why}.`);
  };
}
