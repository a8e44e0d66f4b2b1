import { Inject } from '@nestjs/common';
import type { MessageAddress } from '../messaging/inbox.js';
import { WorkflowService } from '../workflow.service.js';
import { ApiAccess, processOwning } from './api-access.js';
import { Answers, FromRequest, type ApiCall } from './api-route.js';
import * as routes from './inbox-routes.js';

/** Messages that no process has received, or that a step has refused. */
export class InboxController {
  constructor(
    @Inject(WorkflowService) private readonly workflows: WorkflowService,
    @Inject(ApiAccess) private readonly access: ApiAccess,
  ) {}

  @Answers(routes.LIST_MESSAGES)
  listMessages(@FromRequest(routes.LIST_MESSAGES) { request, query }: ApiCall<typeof routes.LIST_MESSAGES>) {
    return this.access.page(request, query, (page) => this.workflows.inbox.list({ ...query, ...page }), processOwning);
  }

  @Answers(routes.GET_MESSAGE)
  getMessage(@FromRequest(routes.GET_MESSAGE) { request, params }: ApiCall<typeof routes.GET_MESSAGE>) {
    return this.access.seeMessage(request, params.message);
  }

  @Answers(routes.REPLAY_MESSAGE)
  async replayMessage(@FromRequest(routes.REPLAY_MESSAGE) { request, params: { message }, body }: ApiCall<typeof routes.REPLAY_MESSAGE>) {
    await this.access.seeMessage(request, message);
    return { disposition: await this.workflows.inbox.replay(message, this.access.callOf(request, body.reason)) };
  }

  @Answers(routes.READDRESS_MESSAGE)
  async readdressMessage(@FromRequest(routes.READDRESS_MESSAGE) { request, params: { message }, body }: ApiCall<typeof routes.READDRESS_MESSAGE>) {
    await this.access.seeMessage(request, message);
    const { reason, ...to } = body;
    const sent = await this.workflows.inbox.readdress(message, to as MessageAddress, this.access.callOf(request, reason)); // it checks the address
    return typeof sent === 'string' ? { disposition: sent } : { items: sent };
  }

  @Answers(routes.DISCARD_MESSAGE)
  async discardMessage(@FromRequest(routes.DISCARD_MESSAGE) { request, params: { message }, body }: ApiCall<typeof routes.DISCARD_MESSAGE>) {
    await this.access.seeMessage(request, message);
    await this.workflows.inbox.discard(message, this.access.callOf(request, body.reason));
    return { disposition: 'discarded' };
  }
}
