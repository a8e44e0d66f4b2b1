import { Inject } from '@nestjs/common';
import type { DefinitionView } from '../query/definition-views.js';
import { UnknownWorkflowError } from '../values/errors.js';
import { newId } from '../values/new-id.js';
import { didYouMean } from '../values/suggest.js';
import { WorkflowService } from '../workflow.service.js';
import { ApiAccess } from './api-access.js';
import { Answers, FromRequest, type ApiCall } from './api-route.js';
import { GET_WORKFLOW, LIST_WORKFLOWS, MIGRATE, START_PROCESS } from './workflow-routes.js';

/** Workflows: what they are, starting them, and moving their processes to another version. */
export class WorkflowsController {
  constructor(
    @Inject(WorkflowService) private readonly workflows: WorkflowService,
    @Inject(ApiAccess) private readonly access: ApiAccess,
  ) {}

  @Answers(LIST_WORKFLOWS)
  listWorkflows(@FromRequest(LIST_WORKFLOWS) _given: ApiCall<typeof LIST_WORKFLOWS>) {
    return { items: this.workflows.definitions() };
  }

  @Answers(GET_WORKFLOW)
  getWorkflow(@FromRequest(GET_WORKFLOW) { params: { workflow }, query: { version } }: ApiCall<typeof GET_WORKFLOW>) {
    return this.definition(workflow, version);
  }

  private definition(workflow: string, version: number | undefined): DefinitionView {
    const all = this.workflows.definitions();
    const found = all.find((each) => each.workflow === workflow && (version === undefined ? each.newest : each.version === version));
    if (!found) throw new UnknownWorkflowError(workflow, didYouMean(workflow, all.filter((each) => each.workflow !== workflow).map((each) => each.workflow)), version); // prettier-ignore
    return found;
  }

  @Answers(START_PROCESS)
  async startProcess(@FromRequest(START_PROCESS) { request, params: { workflow }, body }: ApiCall<typeof START_PROCESS>) {
    const { context = {}, id = newId(Date.now()), groupId = id, version, ifLive, reason } = body;
    await this.access.seeStart(request, { id, workflow, groupId, chosenId: body.id !== undefined }, context);
    const options = { id, groupId, ...(version !== undefined && { version }), ...(ifLive !== undefined && { ifLive }), ...this.access.callOf(request, reason) };
    const process = await this.workflows.start(workflow, context, options).catch((error: unknown) => this.access.withoutHidden(request, workflow, error));
    await this.access.see(request, process.id); // with `ifLive`, it may be another one
    return process;
  }

  @Answers(MIGRATE)
  async migrate(@FromRequest(MIGRATE) { request, params: { workflow }, body }: ApiCall<typeof MIGRATE>) {
    const { from, to, steps, dryRun = true, reason } = body;
    const plan = await this.workflows.plan(workflow, { from, to, ...(steps && { steps }) });
    return { ...plan, migrated: dryRun ? null : await this.workflows.migrate(plan, this.access.callOf(request, reason)) };
  }
}
