import { Inject } from '@nestjs/common';
import { filterOf } from '../operations/bulk-request.js';
import type { Json } from '../values/json.js';
import { given } from '../values/given.js';
import { WorkflowService } from '../workflow.service.js';
import { ApiAccess } from './api-access.js';
import { Answers, FromRequest, type ApiCall } from './api-route.js';
import * as routes from './operating-routes.js';

/** Pauses and bulk runs. */
export class OperatingController {
  constructor(
    @Inject(WorkflowService) private readonly workflows: WorkflowService,
    @Inject(ApiAccess) private readonly access: ApiAccess,
  ) {}

  @Answers(routes.LIST_PAUSES)
  async listPauses(@FromRequest(routes.LIST_PAUSES) _given: ApiCall<typeof routes.LIST_PAUSES>) {
    return { items: await this.workflows.pauses.list() };
  }

  @Answers(routes.PAUSE)
  pause(@FromRequest(routes.PAUSE) { request, body: { reason, ...place } }: ApiCall<typeof routes.PAUSE>) {
    return this.workflows.pauses.pause(given(place), this.access.callOf(request, reason));
  }

  @Answers(routes.END_PAUSE)
  endPause(@FromRequest(routes.END_PAUSE) { request, body: { reason, perMinute, ...place } }: ApiCall<typeof routes.END_PAUSE>) {
    return this.workflows.pauses.resume(given(place), { ...this.access.callOf(request, reason), ...given({ perMinute }) });
  }

  @Answers(routes.START_BULK)
  async startBulk(@FromRequest(routes.START_BULK) { request, body }: ApiCall<typeof routes.START_BULK>) {
    const { action, filter, dryRun = true, reason, options, limit, perMinute } = body;
    const asked = { action, filter: filterOf(filter as Json), ...given({ options, limit, perMinute }), ...this.access.callOf(request, reason) };
    if (dryRun) return { dryRun, ...(await this.workflows.bulk.plan(asked)) };
    return { dryRun, run: await this.workflows.bulk.start(asked) };
  }

  @Answers(routes.LIST_BULK)
  listBulk(@FromRequest(routes.LIST_BULK) { query }: ApiCall<typeof routes.LIST_BULK>) {
    return this.workflows.bulk.list(given(query));
  }

  @Answers(routes.GET_BULK)
  getBulk(@FromRequest(routes.GET_BULK) { params: { bulk } }: ApiCall<typeof routes.GET_BULK>) {
    return this.workflows.bulk.get(bulk);
  }

  @Answers(routes.LIST_BULK_ITEMS)
  listBulkItems(@FromRequest(routes.LIST_BULK_ITEMS) { params: { bulk }, query }: ApiCall<typeof routes.LIST_BULK_ITEMS>) {
    return this.workflows.bulk.items(bulk, given(query));
  }

  @Answers(routes.STOP_BULK)
  stopBulk(@FromRequest(routes.STOP_BULK) { params: { bulk } }: ApiCall<typeof routes.STOP_BULK>) {
    return this.workflows.bulk.stop(bulk);
  }
}
