/** The answers of the API, as openapi.json says, and those of the console's own routes. Moments are ISO texts. */
export type Status = 'running' | 'waiting' | 'suspended' | 'failed' | 'completed' | 'cancelled';
export type Progress = 'progressing' | 'waiting' | 'retrying' | 'overdue' | 'stuck' | 'paused' | 'suspended' | 'failed' | 'completed' | 'cancelled';
export type Right = 'read' | 'input' | 'mend' | 'administer';
export type Data = Record<string, unknown>;

export interface Session {
  readonly rights: readonly Right[];
  readonly actor: string | null;
  readonly title: string;
  readonly environment: string | null;
  readonly version: string;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

export interface Process {
  readonly id: string;
  readonly workflow: string;
  readonly workflowVersion: number;
  readonly groupId: string;
  readonly status: Status;
  readonly contextVersion: number;
  readonly cause: string | null;
  readonly parentId: string | null;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly updatedAt: string;
  /** Where the server tells them. */
  readonly progress?: Progress;
  readonly steps?: readonly string[];
}

export interface Wait {
  readonly step: string;
  readonly kind: string;
  readonly queue: string | null;
  readonly attempt: number;
  readonly since: string;
  readonly dueAt: string | null;
}

export interface ProcessDetail extends Process {
  readonly context: Data;
  readonly waits: readonly Wait[];
}

export interface Explanation {
  readonly sentence: string;
  readonly waits: readonly Wait[];
  readonly remedies: readonly string[];
}

export type RunState = 'done' | 'running' | 'waiting' | 'failed' | 'skipped' | 'cancelled';
export interface StepRun {
  readonly step: string;
  readonly run: number;
  readonly attempt: number;
  readonly state: RunState;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly worker: string | null;
  readonly error: string | null;
  readonly contextVersion: number | null;
}

export type ActionName =
  | 'retry' | 'skip' | 'cancel' | 'cancelAndUndo' | 'restartFrom' | 'suspend' | 'resume' | 'provideInput' | 'respond' | 'emit' | 'erase'; // prettier-ignore
export interface PossibleAction {
  readonly action: ActionName;
  readonly step: string | null;
  readonly right: Right;
  readonly allowed: boolean;
  readonly why: string | null;
  readonly says: string;
  readonly schema: Data | null;
  readonly branches?: readonly string[];
  /** Of an input inside a `forEach`: which item. */
  readonly index?: number;
}

export type NodeState = 'done' | 'current' | 'paused' | 'failed' | 'skipped' | 'undone';
export interface Situation {
  readonly process: ProcessDetail;
  readonly explanation: Explanation;
  readonly progress: Progress;
  readonly nodes: Readonly<Record<string, NodeState>>;
  readonly steps: readonly StepRun[];
  readonly children: readonly Process[];
  readonly actions: readonly PossibleAction[];
}

export type NodeKind = 'step' | 'choice' | 'fork' | 'join' | 'each' | 'stage' | 'start' | 'end';
export interface GraphNode {
  readonly id: string;
  readonly kind: NodeKind;
  readonly step: string | null;
  readonly label: string;
  readonly detail: string | null;
  /** The id of the container that it stands in. */
  readonly inside: string | null;
}
export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  readonly label: string | null;
}
export interface Graph {
  readonly workflow: string;
  readonly version: number;
  readonly versions: readonly number[];
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

export interface HistoryRecord {
  readonly sequence: number;
  readonly type: string;
  readonly step: string | null;
  readonly run: number | null;
  readonly attempt: number | null;
  readonly contextVersion: number;
  readonly actor: string | null;
  readonly reason: string | null;
  readonly error: string | null;
  readonly detail: string | null;
  readonly createdAt: string;
  readonly returned?: unknown;
  readonly message?: unknown;
}
export interface LogLine {
  readonly at: string;
  readonly step: string;
  readonly attempt: number;
  readonly level: string;
  readonly context?: string;
  readonly text: string;
}
export interface Version {
  readonly version: number;
  readonly step: string;
  readonly createdAt: string;
  readonly set: readonly string[];
  readonly removed: readonly string[];
}
export interface ContextChange {
  readonly key: string;
  readonly before?: unknown;
  readonly after?: unknown;
  readonly step: string;
}
