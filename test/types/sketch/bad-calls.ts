import { HandlesEvent, HandlesInput, HandlesResponse, WorkflowService } from 'nestjs-argonaut';
import { bullTaskQueue } from 'nestjs-argonaut/bull';
import { LoanWorkflow } from './a-quick-start.js';
import { Approve } from './h-four-spellings.js';
import type { KycMessage } from './quick-start.support.js';

const idOf = (message: KycMessage) => message.requestId;

export class BadConsumer {
  // @ts-expect-error '"identty"' is not assignable to parameter of type '"identity"
  @HandlesResponse(LoanWorkflow, 'identty', idOf)
  one(_message: KycMessage) {}

  // @ts-expect-error ✗ it returns something else than the step expects
  @HandlesResponse(LoanWorkflow, 'identity', idOf)
  two(_message: KycMessage) {
    return { passd: true };
  }

  // @ts-expect-error ✗ its first argument is not the message the id is read from
  @HandlesResponse(LoanWorkflow, 'identity', idOf)
  three(_message: { other: number }) {
    return { passed: true };
  }

  // @ts-expect-error '"pay"' is not assignable to parameter of type '"identity"
  @HandlesResponse(LoanWorkflow, 'pay', idOf)
  five(_message: KycMessage) {
    return {};
  }

  // @ts-expect-error '"loan.withdrwn"' is not assignable to parameter of type
  @HandlesEvent('loan.withdrwn', idOf)
  four(_message: KycMessage) {
    return { reason: 'x' };
  }

  // @ts-expect-error ✗ it returns something else than the step expects
  @HandlesInput('order-4', Approve, idOf)
  six(_message: KycMessage) {
    return { name: 'ada' };
  }
}

export async function badCalls(workflows: WorkflowService) {
  // @ts-expect-error 'amont' does not exist in type 'Partial<Loan>'. Did you mean to write 'amount'?
  await workflows.start(LoanWorkflow, { amont: 3 });
  // @ts-expect-error Type 'string' is not assignable to type 'number'
  await workflows.start(LoanWorkflow, { amount: '3' });
  // @ts-expect-error '"reviw"' is not assignable to parameter of type '"identity"
  await workflows.provideInput(LoanWorkflow, 'reviw', 'id', { score: 3 });
  // @ts-expect-error 'scor' does not exist in type 'ReviewDto'. Did you mean to write 'score'?
  await workflows.provideInput(LoanWorkflow, 'review', 'id', { scor: 3 });
  // @ts-expect-error 'why' does not exist in type 'Withdrawn'
  await workflows.emit('loan.withdrawn', 'id', { why: 3 });
  // @ts-expect-error Property 'amont' does not exist on type 'Loan'. Did you mean 'amount'?
  (await workflows.get(LoanWorkflow, 'id')).context.amont;
  // @ts-expect-error Property 'workflow' is missing in type '{ groupId: string; }'
  await workflows.cancel({ groupId: 'L-1' });
  // @ts-expect-error 'name' does not exist in type 'ApproveDto'
  await workflows.provideInput('order-4', Approve, 'id', { name: 'ada' });
  // @ts-expect-error Type '{ amount: string; }' is missing the following properties from type 'Loan'
  await workflows.migrate(await workflows.plan(LoanWorkflow, { from: 1, to: 2 }), { context: () => ({ amount: '3' }) });
  // @ts-expect-error This comparison appears to be unintentional
  workflows.records.subscribe((record) => record.type === 'inputs-required');
}

// @ts-expect-error Type '"scorin"' is not assignable to type
bullTaskQueue({ queues: ['scorin'] });
