import { HandlesInput, HandlesResponse, type WorkflowService } from 'nestjs-argonaut';
import { FileUploadWorkflow } from './c-file-upload.js';
import { HelloWorld, PassingData } from './d-liteflow.js';
import { DoSomethingActivity } from './e-libero.js';
import { OrderWorkflow } from './f-dagger.js';
import { Approve, Built } from './h-four-spellings.js';

// The context is read off the steps or the flow: nothing is declared twice.
export async function starts(workflows: WorkflowService) {
  await workflows.start(HelloWorld);
  await workflows.start(PassingData, { value1: 2, value2: 3 });
  await workflows.start(OrderWorkflow, { order_number: 'A-1', boxes: ['b1', 'b2'] }, { groupId: 'A-1', actor: 'ada' });
  await workflows.start('DummyWorkflow', { anything: true });
  // @ts-expect-error 'value4' does not exist in type 'Partial<Numbers>'
  await workflows.start(PassingData, { value4: 2 });
  // @ts-expect-error Type 'number' is not assignable to type 'string'
  await workflows.start(FileUploadWorkflow, { path: 2 });

  const sum = await workflows.get(PassingData, { groupId: 'A-1' });
  sum.context.value3.toFixed();
  (await workflows.contextAt({ workflow: PassingData, groupId: 'A-1' }, 2)).value3.toFixed();

  const order = { workflow: OrderWorkflow, groupId: 'A-1' };
  const { status } = await workflows.settled(order, { timeout: '2s' });
  if (status === 'failed') await workflows.retry(order, { actor: 'ada', reason: 'the bank is back' });
  for (const { processId, disposition } of await workflows.emit('order.signed', 'A-1', {})) console.log(processId, disposition);

  await workflows.provideInput(Built, 'approve', { groupId: 'A-1' }, { by: 'ada' });
  await workflows.provideInput('order-4', Approve, { groupId: 'A-1' }, { by: 'ada' });
  await workflows.provideInput('order-4', 'Approve', { groupId: 'A-1' }, { by: 'ada' });
  await workflows.skip('DummyWorkflow', DoSomethingActivity, { groupId: 'A-1' });

  const plan = await workflows.plan(OrderWorkflow, { from: 1, to: 2, steps: { pick: 'packed' } });
  const context = (old: OrderV1) => ({ ...old, boxes: old.box_id ? [old.box_id] : [], paid: true, shipAt: new Date(), shipped: [] });
  if (plan.problems.length === 0) await workflows.migrate(plan, { context, actor: 'ada', reason: 'release 2' });
}

interface OrderV1 {
  order_number: string;
  payment_id: string;
  box_id?: string;
}

export class ApprovalConsumer {
  @HandlesInput('order-4', Approve, (message: Approval) => message.order)
  onApproved(message: Approval) {
    return { by: message.by };
  }

  @HandlesResponse('order-5', 'Price', (message: Approval) => message.order)
  onPriced(message: Approval) {
    return message;
  }
}

interface Approval {
  order: string;
  by: string;
}
