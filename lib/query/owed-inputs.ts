import { checkCall } from '../context/call-checks.js';
import { jsonSchemaOf } from '../context/json-schema.js';
import type { ProcessState } from '../core/process.js';
import { dueAtOf, type WaitState } from '../core/wait.js';
import { stepNameOf } from '../decorators/step.decorator.js';
import type { ProcessWait } from '../store/port.js';
import type { ProcessStore } from '../store/process-store.js';
import type { Class } from '../values/types.js';
import { limitOf, type Page, type PageOptions, pageOf, cursorPlace } from './page.js';
import type { WorkflowRegistry } from '../workflows/registry.js';

/** An input that a process waits for. */
export interface OwedInput {
  readonly processId: string;
  readonly groupId: string;
  readonly workflow: string;
  readonly step: string;
  /** The position of the item, inside `forEach`. */
  readonly index?: number;
  readonly since: Date;
  /** When the wait ends, by the step's `within`; null: never. */
  readonly dueAt: Date | null;
  /** The JSON Schema of the input, to draw a form with. Null: none can be made. */
  readonly schema: object | null;
}

/** Selects inputs that processes wait for. */
export interface InputFilter extends PageOptions {
  readonly workflow?: Class | string;
  readonly step?: Class | string;
  readonly groupId?: string;
}

/** Lists the inputs that processes wait for, oldest first. */
export class OwedInputs {
  constructor(
    private readonly store: ProcessStore,
    private readonly registry: WorkflowRegistry,
  ) {}

  async page(filter: InputFilter): Promise<Page<OwedInput>> {
    checkCall('waitingForInput', filter, 'The filter');
    const { workflow, step, groupId, cursor } = filter;
    const limit = limitOf(filter);
    const place = cursor === undefined ? undefined : cursorPlace(cursor, ['number', 'string', 'string']);
    const found = await this.store.queries.waitsLike({
      kind: 'input',
      ...(workflow !== undefined && { workflow: this.registry.nameOf(workflow) }),
      ...(step !== undefined && { step: stepNameOf(step) }),
      ...(groupId !== undefined && { groupId }),
      ...(place && { after: { since: place[0], processId: place[1], key: place[2] } }),
      limit: limit + 1,
    });
    return pageOf(found, limit, ({ process, wait }) => [wait.token.since, process.id, wait.token.key], (each) => this.view(each)); // prettier-ignore
  }

  private view({ process, wait }: ProcessWait): OwedInput {
    const { id: processId, groupId, workflow } = process;
    const { node: step, since } = wait.token;
    const index = 'index' in wait.token ? wait.token.index : undefined;
    const dueAt = dueAtOf(wait);
    return {
      processId, groupId, workflow, step, ...(index !== undefined && { index }),
      since: new Date(since), dueAt: dueAt === null ? null : new Date(dueAt), schema: this.schemaOf(process, wait),
    }; // prettier-ignore
  }

  /** The JSON Schema of an input. Null: none can be made, or this application does not know the workflow. */
  schemaOf({ workflow, workflowVersion }: ProcessState, { token, waitsFor }: WaitState): object | null {
    if (waitsFor.kind !== 'input') return null;
    return jsonSchemaOf(this.registry.find(workflow, workflowVersion)?.steps.get(token.node)?.message);
  }
}
