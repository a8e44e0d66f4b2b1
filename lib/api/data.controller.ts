import { Inject } from '@nestjs/common';
import { InvalidInputError } from '../values/errors.js';
import { WorkflowService } from '../workflow.service.js';
import type { ErasureSubject } from '../operations/erasure-subject.js';
import { ApiAccess } from './api-access.js';
import { Answers, FromRequest, type ApiCall } from './api-route.js';
import { ERASE, GET_SIZES } from './data-routes.js';

/** What concerns the data of many processes. */
export class DataController {
  constructor(
    @Inject(WorkflowService) private readonly workflows: WorkflowService,
    @Inject(ApiAccess) private readonly access: ApiAccess,
  ) {}

  @Answers(GET_SIZES)
  async getSizes(@FromRequest(GET_SIZES) { query: { bytes } }: ApiCall<typeof GET_SIZES>) {
    return { items: await this.workflows.sizes(bytes === undefined ? {} : { bytes }) };
  }

  @Answers(ERASE)
  async erase(@FromRequest(ERASE) { request, body }: ApiCall<typeof ERASE>) {
    const { process, cancel, dryRun, reason, ...others } = body;
    if (process !== undefined && Object.values(others).some((each) => each !== undefined))
      throw new InvalidInputError('The subject', ['say the id of a process, or { groupId }, or { keys, value }']);
    const { actor, reason: why } = this.access.callOf(request, reason);
    const options = { ...(cancel !== undefined && { cancel }), ...(dryRun !== undefined && { dryRun }), ...(actor !== undefined && { actor }), ...(why !== undefined && { reason: why }) }; // prettier-ignore
    return this.workflows.erase((process ?? others) as ErasureSubject, options); // it checks the subject
  }
}
