import { type DocumentLimits, limitProblem } from '../definition/document-limits.js';
import type { WorkflowJson } from '../definition/workflow-json.js';
import { InvalidInputError, InvalidWorkflowError, NotAllowedError } from '../values/errors.js';

/** A document that is about to be defined or withdrawn. */
export interface DocumentRequest {
  /** The name of the workflow, as it was given. */
  readonly workflow: string;
  /** The document as it was given, not yet verified. Null: the workflow is about to be withdrawn. */
  readonly document: WorkflowJson | null;
  /** As `define`, `withdraw` or `start` were told. */
  readonly actor?: string;
}

export interface DefinitionRules extends DocumentLimits {
  readonly mayDefine?: (request: DocumentRequest) => boolean | Promise<boolean>;
}

/** A name that is longer is no name. */
const MOST_SHOWN = 100;

/** Looks at what callers want to define or withdraw, before the engine does anything with it. */
export class DefinitionGuard {
  constructor(private readonly rules: DefinitionRules) {}

  /** Whether the document may be looked at. */
  isSmall(document: unknown): boolean {
    return limitProblem(document, this.rules) === null;
  }

  /** @throws InvalidInputError, InvalidWorkflowError, NotAllowedError */
  async checkDefinition(document: WorkflowJson, actor: string | undefined): Promise<void> {
    if (typeof document !== 'object' || document === null) throw new InvalidInputError('workflow', ['it must be a document, as an object']);
    const over = limitProblem(document, this.rules);
    if (over !== null) throw new InvalidWorkflowError('a workflow', [`${over}.`], 'define');
    await this.ask({ workflow: typeof document.name === 'string' ? document.name.slice(0, MOST_SHOWN) : '', document, ...(actor !== undefined && { actor }) });
  }

  /** @throws NotAllowedError */
  checkWithdrawal(workflow: string, actor: string | undefined): Promise<void> {
    return this.ask({ workflow, document: null, ...(actor !== undefined && { actor }) });
  }

  private async ask(request: DocumentRequest): Promise<void> {
    const { mayDefine } = this.rules;
    if (mayDefine && (await mayDefine(request)) !== true) throw new NotAllowedError(request.workflow);
  }
}
