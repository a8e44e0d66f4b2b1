import { FINISHED_STATUSES, type FinishedStatus } from '../core/process.js';
import type { KeepOptions, ModuleKeepOptions } from '../definition/workflow-options.js';
import type { FinishedProcess } from '../store/port.js';
import { milliseconds } from '../values/duration.js';
import { grouped } from '../values/grouped.js';
import type { Duration } from '../values/types.js';
import type { BoundWorkflow } from '../workflows/bound-workflow.js';
import type { WorkflowRegistry } from '../workflows/registry.js';

/** Names in the line at boot. */
const MOST_NAMES = 10;

type KeepRule = NonNullable<KeepOptions['completed']>;
const AT_ONCE = 0;

/** Says how long finished processes are kept: what their workflow says, else what the module says, else for ever. */
export class RetentionRules {
  constructor(
    private readonly registry: WorkflowRegistry,
    private readonly usual: ModuleKeepOptions,
  ) {}

  /** 0: it is deleted as soon as it has completed. Null: it is kept. */
  keepMs({ workflow, workflowVersion, status }: Pick<FinishedProcess, 'workflow' | 'workflowVersion' | 'status'>): number | null {
    const known = this.registry.find(workflow, workflowVersion);
    const rule = known ? this.ruleOf(known, status as FinishedStatus) : this.ruleOfUnknown(workflow, workflowVersion, status as FinishedStatus);
    return isLimited(rule) ? milliseconds(rule) : null;
  }

  private ruleOf({ source: { options } }: BoundWorkflow, status: FinishedStatus): KeepRule | undefined {
    return status === 'completed' && options.deleteOnCompletion ? AT_ONCE : (options.keep?.[status] ?? this.usual[status]);
  }

  /** The code of an old version goes before its processes do: the newest version speaks for it. A version newer than all that are known here is left alone. */
  private ruleOfUnknown(workflow: string, version: number, status: FinishedStatus): KeepRule | undefined {
    const newest = this.registry.newest(workflow);
    if (newest && newest.definition.version > version) return newest.source.options.keep?.[status] ?? this.usual[status];
    return this.registry.isWithdrawn(workflow, version) ? this.usual[status] : undefined;
  }

  /** The workflows of which something is deleted, each with its shortest time, ms. */
  shortest(): ReadonlyMap<string, number> {
    const found = new Map<string, number>();
    const note = (workflow: string, rule: KeepRule | undefined) => {
      if (isLimited(rule)) found.set(workflow, Math.min(found.get(workflow) ?? Infinity, milliseconds(rule)));
    };
    for (const [name, , rule] of this.all()) note(name, rule);
    for (const name of this.registry.withdrawnNames()) for (const status of FINISHED_STATUSES) note(name, this.usual[status]);
    return found;
  }

  /** For the log: what is deleted when. Null: nothing is. */
  sentence(): string | null {
    const all = this.all().flatMap(([name, status, rule]) => (isLimited(rule) ? [{ name, when: `${status} ${keptFor(rule)}` }] : []));
    if (all.length === 0) return null;
    const rules = [...grouped(all, ({ when }) => when)].map(([when, of]) => `${when} (${listed([...new Set(of.map(({ name }) => name))])})`);
    return `Finished processes are deleted: ${rules.join(', ')}.`;
  }

  private all(): [name: string, status: FinishedStatus, rule: KeepRule | undefined][] {
    return this.registry
      .all()
      .flatMap((bound) => FINISHED_STATUSES.map((status) => [bound.definition.name, status, this.ruleOf(bound, status)] as const)) as never;
  }
}

/** True: it is deleted after a time. */
export function isLimited(rule: KeepRule | undefined): rule is Duration {
  return rule !== undefined && rule !== 'forever';
}

export function keptFor(rule: Duration): string {
  if (rule === AT_ONCE) return 'at once';
  return `after ${typeof rule === 'number' ? `${rule} ms` : rule}`;
}

function listed(names: readonly string[]): string {
  const more = names.length - MOST_NAMES;
  return more > 0 ? `${names.slice(0, MOST_NAMES).join(', ')} and ${more} more` : names.join(', ');
}
