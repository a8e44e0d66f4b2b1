import { Inject } from '@nestjs/common';
import { WorkflowService } from '../workflow.service.js';
import { ApiAccess, processOwning } from './api-access.js';
import { Answers, FromRequest, type ApiCall } from './api-route.js';
import { EMIT, LIST_INPUTS, PROVIDE_INPUT, RESPOND } from './workflow-routes.js';

/** What processes wait for from outside: inputs, responses and events. */
export class MessagesController {
  constructor(
    @Inject(WorkflowService) private readonly workflows: WorkflowService,
    @Inject(ApiAccess) private readonly access: ApiAccess,
  ) {}

  @Answers(LIST_INPUTS)
  listInputs(@FromRequest(LIST_INPUTS) { request, query }: ApiCall<typeof LIST_INPUTS>) {
    return this.access.page(request, query, (page) => this.workflows.waitingForInput({ ...query, ...page }), processOwning);
  }

  @Answers(PROVIDE_INPUT)
  async provideInput(@FromRequest(PROVIDE_INPUT) { request, params, body }: ApiCall<typeof PROVIDE_INPUT>) {
    await this.access.see(request, params.process);
    const options = { ...this.access.deliveryOf(request, body), ...(body.index !== undefined && { index: body.index }) };
    const { process, disposition } = await this.workflows.bringInput(params.workflow, params.step, params.process, body.input, options);
    return { ...process, disposition };
  }

  @Answers(RESPOND)
  async respond(@FromRequest(RESPOND) { request, params: { workflow, step }, body }: ApiCall<typeof RESPOND>) {
    return { disposition: await this.workflows.respond(workflow, step, body.correlationId, body.response, this.access.deliveryOf(request, body)) };
  }

  @Answers(EMIT)
  async emit(@FromRequest(EMIT) { request, params: { event }, body }: ApiCall<typeof EMIT>) {
    const { keys, data, effectiveAt } = body;
    const options = { ...this.access.deliveryOf(request, body), ...(effectiveAt && { effectiveAt }) };
    const { disposition, deliveries: items } = await this.workflows.bringEvent(event, keys, data, options);
    return { disposition, items };
  }
}
