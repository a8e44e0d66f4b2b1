import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { HandlesResponse } from 'nestjs-argonaut';
import type { IdentityChecked } from '../partner/partner.messages.js';
import { LoanWorkflow } from './loan.workflow.js';

/** Takes the partner's answers. The id in the message finds the process; what is returned is the answer its step gets. */
@Controller()
export class IdentityConsumer {
  @EventPattern('identity.checked')
  @HandlesResponse(LoanWorkflow, 'identity', (message: IdentityChecked) => message.requestId)
  onChecked(@Payload() message: IdentityChecked) {
    return { passed: message.result === 'pass' };
  }
}
