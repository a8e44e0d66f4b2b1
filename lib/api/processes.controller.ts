import { Inject } from '@nestjs/common';
import { WorkflowService } from '../workflow.service.js';
import { ApiAccess } from './api-access.js';
import { Answers, FromRequest, type ApiCall } from './api-route.js';
import * as routes from './process-routes.js';

/** Reads processes. */
export class ProcessesController {
  constructor(
    @Inject(WorkflowService) private readonly workflows: WorkflowService,
    @Inject(ApiAccess) private readonly access: ApiAccess,
  ) {}

  @Answers(routes.FIND_PROCESSES)
  findProcesses(@FromRequest(routes.FIND_PROCESSES) { request, query }: ApiCall<typeof routes.FIND_PROCESSES>) {
    return this.access.page(request, query, (page) => this.workflows.find({ ...query, ...page }), ({ id }) => id); // prettier-ignore
  }

  @Answers(routes.GET_PROCESS)
  async getProcess(@FromRequest(routes.GET_PROCESS) { request, params }: ApiCall<typeof routes.GET_PROCESS>) {
    await this.access.see(request, params.process);
    return this.workflows.get(params.process);
  }

  @Answers(routes.EXPLAIN_PROCESS)
  async explainProcess(@FromRequest(routes.EXPLAIN_PROCESS) { request, params }: ApiCall<typeof routes.EXPLAIN_PROCESS>) {
    await this.access.see(request, params.process);
    return this.workflows.explain(params.process);
  }

  @Answers(routes.LIST_WAITS)
  async listWaits(@FromRequest(routes.LIST_WAITS) { request, params, query }: ApiCall<typeof routes.LIST_WAITS>) {
    await this.access.see(request, params.process);
    return this.workflows.waits(params.process, query);
  }

  @Answers(routes.GET_HISTORY)
  async getHistory(@FromRequest(routes.GET_HISTORY) { request, params, query }: ApiCall<typeof routes.GET_HISTORY>) {
    await this.access.see(request, params.process);
    return this.workflows.history(params.process, query);
  }

  @Answers(routes.GET_LOG)
  async getLog(@FromRequest(routes.GET_LOG) { request, params, query }: ApiCall<typeof routes.GET_LOG>) {
    await this.access.see(request, params.process);
    return this.workflows.log(params.process, query);
  }

  @Answers(routes.LIST_VERSIONS)
  async listVersions(@FromRequest(routes.LIST_VERSIONS) { request, params, query }: ApiCall<typeof routes.LIST_VERSIONS>) {
    await this.access.see(request, params.process);
    return this.workflows.versions(params.process, query);
  }

  @Answers(routes.GET_VERSION)
  async getVersion(@FromRequest(routes.GET_VERSION) { request, params: { process, version } }: ApiCall<typeof routes.GET_VERSION>) {
    await this.access.see(request, process);
    return { version, context: await this.workflows.contextAt(process, version) };
  }

  @Answers(routes.GET_DIFF)
  async getDiff(@FromRequest(routes.GET_DIFF) { request, params: { process }, query: { from, to } }: ApiCall<typeof routes.GET_DIFF>) {
    await this.access.see(request, process);
    return { items: await this.workflows.diff(process, from, to) };
  }

  @Answers(routes.EXPORT_PROCESS)
  async exportProcess(@FromRequest(routes.EXPORT_PROCESS) { request, params }: ApiCall<typeof routes.EXPORT_PROCESS>) {
    await this.access.see(request, params.process);
    return this.workflows.export(params.process);
  }

  @Answers(routes.DRAW_PROCESS)
  async drawProcess(@FromRequest(routes.DRAW_PROCESS) { request, params }: ApiCall<typeof routes.DRAW_PROCESS>) {
    await this.access.see(request, params.process);
    const { workflow } = await this.workflows.get(params.process);
    return { drawing: await this.workflows.draw(workflow, params.process) };
  }
}
