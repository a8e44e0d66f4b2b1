import type { AuditType, Change, RecordDraft } from '../core/change.js';
import type { ProcessState } from '../core/process.js';
import type { Observer } from '../engine/observers.js';
import type { EndedBody } from '../execution/body-observer.js';
import type { MetricSet } from './metric-set.js';

/** So many names of workflows get labels of their own. Documents may bring any number of names. */
const MOST_WORKFLOWS = 500;
const OTHER = 'other';

/** What people do, by the record that it leaves. */
const ACTIONS: Readonly<Partial<Record<AuditType, string>>> = {
  'process-suspended': 'suspend',
  'process-resumed': 'resume',
  'process-cancelled': 'cancel',
  'process-retried': 'retry',
  'process-restarted': 'restart',
  'process-migrated': 'migrate',
  'step-skipped': 'skip',
  'send-replayed': 'replay',
  'send-discarded': 'discard',
};

const RESULTS: Readonly<Partial<Record<AuditType, string>>> = {
  'message-delivered': 'matched',
  'message-duplicate': 'duplicate',
  'message-late': 'late',
  'message-conflict': 'conflict',
  'message-refused': 'refused',
};

const BODY_RESULTS: Readonly<Record<EndedBody['outcome'], string>> = {
  'step-succeeded': 'completed',
  'response-requested': 'completed',
  'child-requested': 'completed',
  'visit-undone': 'completed',
  'all-undone': 'completed',
  'step-deferred': 'again',
  'step-paused': 'paused',
  'step-failed': 'failed',
};

/** Counts what this instance commits and runs. */
export class CommitCounters implements Required<Observer> {
  private readonly workflows = new Set<string>();

  constructor(private readonly metrics: Pick<MetricSet, 'counters' | 'histograms'>) {}

  committed({ process, records }: Change): void {
    const workflow = this.label(process.workflow);
    for (const record of records) this.count(record, process, workflow);
  }

  private count({ type, step, actor }: RecordDraft, process: ProcessState, workflow: string): void {
    const { counters } = this.metrics;
    const at = { workflow, step: workflow === OTHER ? OTHER : (step ?? '') };
    if (type === 'process-started') counters.started.inc({ workflow, version: process.workflowVersion });
    else if (type === 'process-completed' || type === 'process-cancelled') this.countEnd(process, workflow, type.slice('process-'.length));
    else if (type === 'process-failed') counters.failed.inc(at);
    else if (type === 'step-overdue') counters.overdue.inc(at);
    else if (type === 'process-recovered' || type === 'task-recovered') counters.takeovers.inc({ workflow, what: type.slice(0, type.indexOf('-')) });
    else if (RESULTS[type]) counters.responses.inc({ ...at, result: RESULTS[type] });
    if (ACTIONS[type] && actor !== null) counters.actions.inc({ action: ACTIONS[type] });
  }

  private countEnd({ startedAt, finishedAt, updatedAt }: ProcessState, workflow: string, outcome: string): void {
    this.metrics.counters.finished.inc({ workflow, outcome });
    this.metrics.histograms.processes.observe({ workflow, outcome }, ((finishedAt ?? updatedAt) - startedAt) / 1000);
  }

  bodyEnded({ workflow: name, step: at, does, attempt, outcome, ms }: EndedBody): void {
    const workflow = this.label(name);
    const step = workflow === OTHER ? OTHER : at;
    this.metrics.histograms.bodies.observe({ workflow, step, type: does, result: BODY_RESULTS[outcome] }, ms / 1000);
    if (attempt > 1) this.metrics.counters.retries.inc({ workflow, step });
  }

  taskBegan(queue: string, ms: number): void {
    this.metrics.histograms.tasks.observe({ queue }, ms / 1000);
  }

  messageParked({ workflow, sender }: { readonly workflow: string; readonly sender: string }): void {
    this.metrics.counters.parked.inc({ workflow: this.label(workflow), sender });
  }

  private label(workflow: string): string {
    if (this.workflows.has(workflow)) return workflow;
    if (this.workflows.size >= MOST_WORKFLOWS) return OTHER;
    this.workflows.add(workflow);
    return workflow;
  }
}
