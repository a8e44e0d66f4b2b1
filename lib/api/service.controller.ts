import { Inject, Logger, ServiceUnavailableException } from '@nestjs/common';
import { WorkflowService } from '../workflow.service.js';
import { ApiDocument } from './api-document.js';
import { Answers, FromRequest, type ApiCall } from './api-route.js';
import { COUNT_PROCESSES, GET_DOCUMENT, IS_READY, LIST_ATTENTION, LIST_QUEUES, LIST_WORKERS } from './service-routes.js';

const logger = new Logger('WorkflowApi');

/** What concerns the application as a whole. */
export class ServiceController {
  constructor(
    @Inject(WorkflowService) private readonly workflows: WorkflowService,
    @Inject(ApiDocument) private readonly document: ApiDocument,
  ) {}

  @Answers(LIST_QUEUES)
  async listQueues(@FromRequest(LIST_QUEUES) _given: ApiCall<typeof LIST_QUEUES>) {
    return { items: await this.workflows.queues() };
  }

  @Answers(LIST_WORKERS)
  async listWorkers(@FromRequest(LIST_WORKERS) _given: ApiCall<typeof LIST_WORKERS>) {
    return { items: await this.workflows.workers() };
  }

  @Answers(COUNT_PROCESSES)
  async countProcesses(@FromRequest(COUNT_PROCESSES) { query: { upTo } }: ApiCall<typeof COUNT_PROCESSES>) {
    return { items: await this.workflows.counts(upTo === undefined ? {} : { upTo }) };
  }

  @Answers(LIST_ATTENTION)
  async listAttention(@FromRequest(LIST_ATTENTION) _given: ApiCall<typeof LIST_ATTENTION>) {
    return { items: await this.workflows.attention() };
  }

  @Answers(IS_READY)
  async isReady(@FromRequest(IS_READY) _given: ApiCall<typeof IS_READY>) {
    const { ready, problems } = await this.workflows.ready();
    if (ready) return { ready };
    logger.warn(`Not ready: ${problems.join('; ')}`);
    throw new ServiceUnavailableException();
  }

  @Answers(GET_DOCUMENT)
  getDocument(@FromRequest(GET_DOCUMENT) _given: ApiCall<typeof GET_DOCUMENT>) {
    return this.document.openApi();
  }
}
