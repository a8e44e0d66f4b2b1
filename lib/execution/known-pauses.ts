import { hasPassed } from '../core/paused-bodies.js';
import type { StoredPause } from '../store/port.js';
import { pauseAddress, placeText } from '../values/paused-place.js';
import type { ProcessWriter } from '../writer/process-writer.js';
import type { BodyClaim } from './record-outcome.js';
import type { StepVisit } from './step-context.js';

/** The live pauses, as this instance knows them; and the one place where a body is held back by them. */
export class KnownPauses {
  private readonly byAddress = new Map<string, StoredPause>();

  private overtaken: (address: string) => void = () => {};

  constructor(private readonly writer: ProcessWriter) {}

  /** Sets what to call when a body was held back by a pause that has ended meanwhile. */
  onOvertaken(overtaken: (address: string) => void): void {
    this.overtaken = overtaken;
  }

  /** Whether there may be one: looked at before each body, so it costs nothing where there is none. */
  get areThere(): boolean {
    return this.byAddress.size > 0;
  }

  get all(): StoredPause[] {
    return [...this.byAddress.values()];
  }

  set(pauses: readonly StoredPause[]): void {
    this.byAddress.clear();
    for (const pause of pauses) if (pause.endedAt === null) this.byAddress.set(pause.address, pause);
  }

  at(address: string): StoredPause | undefined {
    return this.byAddress.get(address);
  }

  /** The pause that holds this body back. `taskOf`: it was taken from its task queue. */
  over(visit: StepVisit, { taskOf }: BodyClaim): StoredPause | undefined {
    const { workflow } = visit;
    const { node: step, does } = visit.token;
    const node = visit.bound.definition.nodes.get(step);
    const queue = taskOf !== undefined && node?.kind === 'step' ? node.queue : undefined;
    const ofWorkflow = this.holding({ workflow, step: null, queue: null }, visit);
    const ofStep = ofWorkflow ?? (does === 'undo' ? undefined : this.holding({ workflow, step, queue: null }, visit));
    return ofStep ?? (queue === undefined ? undefined : this.holding({ workflow: null, step: null, queue }, visit));
  }

  private holding(place: Parameters<typeof pauseAddress>[0], { token }: StepVisit): StoredPause | undefined {
    const pause = this.byAddress.get(pauseAddress(place));
    if (!pause || pause.resumedAt === null) return pause;
    return pause.perMinute === null || hasPassed(token, pause.address) ? undefined : pause;
  }

  /** Records that the body waits. It has not begun, so its slot is free after this, and nothing is counted. */
  async holdBack(pause: StoredPause, visit: StepVisit, { claim, taskOf }: BodyClaim): Promise<void> {
    const { key, run, attempt } = visit.token;
    const { address } = pause;
    const says = `${placeText(pause)} is paused`;
    await this.writer.apply(visit.processId, { type: 'pause-awaited', key, run, attempt, claim, taskOf, address, says }, { patient: true });
    if (this.byAddress.get(address)?.id !== pause.id) this.overtaken(address);
  }
}
