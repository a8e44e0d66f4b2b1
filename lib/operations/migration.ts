/** Moves live processes from one version of their workflow to another: plan() is a dry run, migrate() moves them. */
import { checkCall } from '../context/call-checks.js';
import { LIVE_STATUSES, type ProcessState } from '../core/process.js';
import type { WaitState } from '../core/wait.js';
import { howMany } from '../values/how-many.js';
import { reasonOf } from '../values/reason.js';
import { InvalidInputError } from '../values/errors.js';
import type { Loaded } from '../store/port.js';
import { processPlace } from '../store/process-frame.js';
import type { ProcessStore } from '../store/process-store.js';
import type { Class } from '../values/types.js';
import type { BoundWorkflow } from '../workflows/bound-workflow.js';
import { visitsToUndo } from '../execution/compensation.js';
import { liveIn } from '../workflows/definition-row.js';
import type { CallOptions } from '../writer/call-options.js';
import type { ProcessCommands } from '../writer/process-commands.js';
import { isBusy, misfits, namesNotIn, notUndoable, type Renaming, type Target, targetOf, withNodesAround } from './migration-fit.js';
import { breaking, leftAlone, type MigrationReport } from './migration-report.js';
import { type ContextMapping, valuesUnder } from './migration-values.js';
import type { WorkflowRegistry } from '../workflows/registry.js';

/** The old version, the new version, and the new names of steps. */
export interface VersionChange {
  readonly from: number;
  readonly to: number;
  readonly steps?: Renaming;
}

/** The effect of moving the live processes of one version to another. Nothing is changed yet. */
export interface MigrationPlan<W = Class | string> {
  readonly workflow: W;
  readonly from: number;
  readonly to: number;
  /** The new name of each step whose old name is not in the new version. */
  readonly steps: Readonly<Record<string, string>>;
  /** How many live processes have the old version. */
  readonly processes: number;
  /** Why some cannot be moved. Empty: all can. */
  readonly problems: string[];
}

interface MigrationRoute {
  readonly from: BoundWorkflow;
  readonly to: BoundWorkflow;
  readonly target: Target;
  readonly steps: Renaming;
}

const [PAGE, MOST_TRIES, MOST_TOLD] = [50, 5, 5];

export class Migrations {
  constructor(
    private readonly store: ProcessStore,
    private readonly registry: WorkflowRegistry,
    private readonly commands: ProcessCommands,
  ) {}

  async plan<W extends Class | string>(workflow: W, change: VersionChange): Promise<MigrationPlan<W>> {
    checkCall('plan', change, 'The change');
    const { from, to, steps = {} } = change;
    const name = this.registry.nameOf(workflow);
    const found = this.route(name, from, to, steps);
    if (Array.isArray(found)) return { workflow, from, to, steps, processes: await this.count(name, from), problems: found };
    const report = await this.report(found);
    return { workflow, from, to, steps, processes: report.processes, problems: [...breaking(report), ...leftAlone(report)] };
  }

  /** Returns how many moved. @throws InvalidInputError for a plan that would break a process, and for contexts that do not fit: the others are migrated */
  async migrate(plan: MigrationPlan, options: CallOptions & { context?: ContextMapping | undefined } = {}): Promise<number> {
    checkCall('migrate', options);
    const { context, ...call } = options;
    if (typeof plan !== 'object' || plan === null) throw new InvalidInputError('The plan', ['give what plan() has returned']);
    const route = this.route(this.registry.nameOf(plan.workflow), plan.from, plan.to, plan.steps ?? {});
    const problems = Array.isArray(route) ? route : breaking(await this.report(route));
    if (problems.length > 0) throw new InvalidInputError('The plan', [...problems]);
    return this.moveAll(route as MigrationRoute, context, call);
  }

  /** Moves one process. False: it runs at this moment. @throws InvalidInputError if it cannot go on in that version */
  async moveOne({ id, workflow, workflowVersion }: ProcessState, to: number, call: CallOptions): Promise<boolean> {
    const route = this.route(workflow, workflowVersion, to, {});
    if (Array.isArray(route)) throw new InvalidInputError('to', route);
    return this.move(route as MigrationRoute, id, undefined, call);
  }

  /* ----------------------------------------------------------------------- plan ---- */

  private route(name: string, from: number, to: number, steps: Renaming): MigrationRoute | string[] {
    const [old, next] = [this.registry.find(name, from), this.registry.find(name, to)];
    if (from === to) return [`from and to are both version ${from}`];
    if (!old || !next)
      return [...(old ? [] : [from]), ...(next ? [] : [to])].map(
        (version) => `this application does not know version ${version} of "${name}": it must know both`,
      );
    const unknown = [...namesNotIn(old.definition, Object.keys(steps)), ...namesNotIn(next.definition, Object.values(steps))];
    return unknown.length > 0
      ? unknown
      : { from: old, to: next, target: targetOf(next.definition), steps: withNodesAround(steps, old.definition, next.definition) };
  }

  private async count(workflow: string, version: number): Promise<number> {
    return liveIn(await this.store.queries.census(), workflow, version);
  }

  private async report(route: MigrationRoute): Promise<MigrationReport> {
    const reasons = new Map<string, number>();
    let [processes, busy] = [0, 0];
    for await (const page of this.pages(route.from)) {
      processes += page.length;
      busy += page.filter(isBusy).length;
      const found = await Promise.all(page.map(async (process) => this.reasonsAgainst(route, process, await this.store.queries.waitsOf(process.id))));
      for (const reason of found.flat()) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
    return { processes, reasons, busy };
  }

  private async reasonsAgainst({ from, target, steps }: MigrationRoute, process: ProcessState, waits: readonly WaitState[]): Promise<string[]> {
    const done = visitsToUndo(await this.store.queries.undoMarks(process.id), { under: null }).map(({ node }) => node);
    return [...misfits(process, waits, from.definition, target, steps), ...notUndoable(done, target, steps)];
  }

  /** Newest first; processes moved meanwhile leave no gap. */
  private async *pages({ definition: { name, version } }: BoundWorkflow): AsyncIterable<readonly ProcessState[]> {
    for (let last: ProcessState | undefined; ;) {
      const after = last && processPlace(last);
      const page = await this.store.queries.find({ workflow: name, version, statuses: LIVE_STATUSES, limit: PAGE, ...(after && { after }) });
      if (page.length > 0) yield page;
      if (page.length < PAGE) return;
      last = page.at(-1);
    }
  }

  /* -------------------------------------------------------------------- migrate ---- */

  private async moveAll(route: MigrationRoute, mapping: ContextMapping | undefined, call: CallOptions): Promise<number> {
    const failures: string[] = [];
    let moved = 0;
    const move = async ({ id }: ProcessState) => {
      const done = await this.move(route, id, mapping, call).catch((error: unknown) => void failures.push(`process ${id}: ${reasonOf(error)}`));
      moved += Number(done === true);
    };
    for await (const page of this.pages(route.from)) {
      if (call.manager === undefined) await Promise.all(page.map(move));
      else for (const process of page) await move(process);
    }
    if (failures.length > 0)
      throw new InvalidInputError(
        `The migration: ${howMany(moved, 'process was', 'processes were')} migrated, and ${failures.length} ${failures.length === 1 ? 'was' : 'were'} not`,
        failures.slice(0, MOST_TOLD),
      );
    return moved;
  }

  /** Moves a process as it was read, and tries again if another change was faster. */
  private async move(route: MigrationRoute, id: string, mapping: ContextMapping | undefined, call: CallOptions): Promise<boolean> {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const [loaded] = await this.store.commits.load([{ id, waits: [], messages: [], context: true }]);
      if (!loaded || loaded.process.workflowVersion !== route.from.definition.version || isBusy(loaded.process)) return false;
      const moved = await this.moveAsRead(route, loaded, mapping, call).catch((error: unknown) => {
        if (error instanceof ChangedMeanwhile) return null;
        throw error;
      });
      if (moved !== null) return moved;
    }
    return false;
  }

  private async moveAsRead(route: MigrationRoute, { process, context }: Loaded, mapping: ContextMapping | undefined, call: CallOptions): Promise<boolean> {
    const waits = await this.store.queries.waitsOf(process.id);
    const reasons = await this.reasonsAgainst(route, process, waits);
    if (reasons.length > 0) throw new InvalidInputError('it', reasons);
    const values = await valuesUnder(route.from, route.to, context ?? {}, mapping);
    const { definition } = route.to;
    const event = {
      type: 'migrated' as const,
      to: definition.version,
      revision: process.revision,
      steps: new Map(Object.entries(route.steps)),
      values,
      waits: waits.map(({ token }) => token.key),
    };
    const applied = await this.commands.apply(process.id, event, call);
    if (applied && !applied.change && applied.process.revision !== process.revision) throw new ChangedMeanwhile();
    return applied?.change != null;
  }
}

/** The process has changed since it was read. */
class ChangedMeanwhile extends Error {}
