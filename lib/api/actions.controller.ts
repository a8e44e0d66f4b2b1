import { Inject } from '@nestjs/common';
import { WorkflowService } from '../workflow.service.js';
import { ApiAccess } from './api-access.js';
import { Answers, FromRequest, type ApiCall } from './api-route.js';
import * as routes from './process-routes.js';

/** Mends processes. */
export class ActionsController {
  constructor(
    @Inject(WorkflowService) private readonly workflows: WorkflowService,
    @Inject(ApiAccess) private readonly access: ApiAccess,
  ) {}

  @Answers(routes.SUSPEND)
  async suspend(@FromRequest(routes.SUSPEND) { request, params: { process }, body }: ApiCall<typeof routes.SUSPEND>) {
    await this.access.see(request, process);
    return this.workflows.suspend(process, this.access.callOf(request, body.reason));
  }

  @Answers(routes.RESUME)
  async resume(@FromRequest(routes.RESUME) { request, params: { process }, body }: ApiCall<typeof routes.RESUME>) {
    await this.access.see(request, process);
    return this.workflows.resume(process, this.access.callOf(request, body.reason));
  }

  @Answers(routes.CANCEL)
  async cancel(@FromRequest(routes.CANCEL) { request, params: { process }, body: { compensate, reason } }: ApiCall<typeof routes.CANCEL>) {
    await this.access.see(request, process);
    return this.workflows.cancel(process, { ...this.access.callOf(request, reason), ...(compensate !== undefined && { compensate }) });
  }

  @Answers(routes.RETRY)
  async retry(@FromRequest(routes.RETRY) { request, params: { process }, body: { step, reason } }: ApiCall<typeof routes.RETRY>) {
    await this.access.see(request, process);
    return this.workflows.retry(process, { ...this.access.callOf(request, reason), ...(step !== undefined && { step }) });
  }

  @Answers(routes.RESTART)
  async restart(@FromRequest(routes.RESTART) { request, params: { process }, body: { contextVersion, reason } }: ApiCall<typeof routes.RESTART>) {
    await this.access.see(request, process);
    const restarted = this.workflows.restartFrom(process, contextVersion, this.access.callOf(request, reason));
    return restarted.catch(async (error: unknown) => this.access.withoutHidden(request, (await this.workflows.get(process)).workflow, error));
  }

  @Answers(routes.SKIP)
  async skip(@FromRequest(routes.SKIP) { request, params: { process }, body: { step, patch = {}, next, reason } }: ApiCall<typeof routes.SKIP>) {
    await this.access.see(request, process);
    const { workflow } = await this.workflows.get(process);
    return this.workflows.skip(workflow, step, process, patch, { ...this.access.callOf(request, reason), ...(next !== undefined && { next }) });
  }
}
