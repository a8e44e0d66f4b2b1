import { Inject } from '@nestjs/common';
import type { OutboxMessage } from '../outbox/outbox-message.js';
import { WorkflowService } from '../workflow.service.js';
import { ApiAccess, processOwning } from './api-access.js';
import { Answers, FromRequest, type ApiCall } from './api-route.js';
import * as routes from './outbox-routes.js';

/** Messages that steps have sent and that were not transmitted yet. Their data is not shown: it may hold correlation ids. */
export class OutboxController {
  constructor(
    @Inject(WorkflowService) private readonly workflows: WorkflowService,
    @Inject(ApiAccess) private readonly access: ApiAccess,
  ) {}

  @Answers(routes.LIST_OUTGOING)
  async listOutgoing(@FromRequest(routes.LIST_OUTGOING) { request, query }: ApiCall<typeof routes.LIST_OUTGOING>) {
    const { items, next } = await this.access.page(request, query, (page) => this.workflows.outbox.list({ ...query, ...page }), processOwning);
    return { items: items.map(withoutData), next };
  }

  @Answers(routes.GET_OUTGOING)
  async getOutgoing(@FromRequest(routes.GET_OUTGOING) { request, params }: ApiCall<typeof routes.GET_OUTGOING>) {
    return withoutData(await this.access.seeOutgoing(request, params.message));
  }

  @Answers(routes.REPLAY_OUTGOING)
  async replayOutgoing(@FromRequest(routes.REPLAY_OUTGOING) { request, params: { message }, body }: ApiCall<typeof routes.REPLAY_OUTGOING>) {
    const seen = await this.access.seeOutgoing(request, message);
    await this.workflows.outbox.replay(message, this.access.callOf(request, body.reason));
    return withoutData(seen);
  }

  @Answers(routes.DISCARD_OUTGOING)
  async discardOutgoing(@FromRequest(routes.DISCARD_OUTGOING) { request, params: { message }, body }: ApiCall<typeof routes.DISCARD_OUTGOING>) {
    const seen = await this.access.seeOutgoing(request, message);
    await this.workflows.outbox.discard(message, this.access.callOf(request, body.reason));
    return withoutData(seen);
  }
}

function withoutData({ data: _data, ...message }: OutboxMessage): Omit<OutboxMessage, 'data'> {
  return message;
}
