/** Every wrong line has its directive, and after it a part of what the compiler says. `types.spec.ts` checks both. */
import { again, asked, go, HandlesEvent, HandlesInput, HandlesResponse, StartsProcess, WorkflowModule, type WorkflowService } from 'nestjs-argonaut';
import { bullTaskQueue } from 'nestjs-argonaut/bull';
import { aStep, assertValid, type WorkflowHarness } from 'nestjs-argonaut/testing';
import { type Letter, LoanWorkflow } from './support.js';

const idOf = (letter: Letter) => letter.requestId;

export class BadConsumer {
  // @ts-expect-error '"identty"' is not assignable to parameter of type '"identity"
  @HandlesResponse(LoanWorkflow, 'identty', idOf)
  one(_letter: Letter) {}

  // @ts-expect-error '"pay"' is not assignable to parameter of type '"identity"
  @HandlesResponse(LoanWorkflow, 'pay', idOf)
  two(_letter: Letter) {}

  // @ts-expect-error ✗ it returns something else than the step expects
  @HandlesResponse(LoanWorkflow, 'identity', idOf)
  three(_letter: Letter) {
    return { passd: true };
  }

  // @ts-expect-error ✗ its first argument is not the message the id is read from
  @HandlesResponse(LoanWorkflow, 'identity', idOf)
  four(_letter: { other: number }) {
    return { passed: true };
  }

  // @ts-expect-error is not assignable to parameter of type 'IdIn<Letter>'
  @HandlesResponse(LoanWorkflow, 'identity', (letter: Letter) => letter.passed)
  five(_letter: Letter) {
    return { passed: true };
  }

  // @ts-expect-error ✗ it returns something else than the step expects
  @HandlesInput(LoanWorkflow, 'identity', idOf)
  six(_letter: Letter) {
    return { passd: true };
  }

  // @ts-expect-error ✗ it returns something else than the process starts with
  @StartsProcess(LoanWorkflow, idOf)
  seven(_letter: Letter) {
    return { weight: 'heavy' };
  }

  // @ts-expect-error ✗ its first argument is not the message the id is read from
  @HandlesEvent('news', idOf)
  eight(_letter: { other: number }) {
    return {};
  }
}

export async function badCalls(workflows: WorkflowService, harness: WorkflowHarness): Promise<void> {
  // @ts-expect-error 'wieght' does not exist in type 'Partial<Parcel>'. Did you mean to write 'weight'?
  await workflows.start(LoanWorkflow, { wieght: 3 });
  // @ts-expect-error Type 'string' is not assignable to type 'number'
  await workflows.start(LoanWorkflow, { weight: 'heavy' });
  // @ts-expect-error 'ifLife' does not exist in type 'StartOptions'. Did you mean to write 'ifLive'?
  await workflows.start(LoanWorkflow, {}, { ifLife: 'return' });
  // @ts-expect-error '"identty"' is not assignable to parameter of type '"identity"
  await workflows.respond(LoanWorkflow, 'identty', 'C-1', { passed: true });
  // @ts-expect-error 'passd' does not exist in type 'Reply'. Did you mean to write 'passed'?
  await workflows.respond(LoanWorkflow, 'identity', 'C-1', { passd: true });
  // @ts-expect-error '"identty"' is not assignable to parameter of type '"identity"
  await workflows.skip(LoanWorkflow, 'identty', 'id');
  // @ts-expect-error Property 'wieght' does not exist on type
  void (await workflows.get(LoanWorkflow, 'id')).context.wieght;
  // @ts-expect-error Property 'workflow' is missing in type '{ groupId: string; }'
  await workflows.cancel({ groupId: 'L-1' });
  // @ts-expect-error This comparison appears to be unintentional
  workflows.records.subscribe((record) => record.type === 'step-complete');
  // @ts-expect-error "done"' is not assignable to type
  await workflows.find({ status: 'done' });
  // @ts-expect-error is not assignable to parameter of type 'Duration'
  await harness.advance('3 months');
  // @ts-expect-error 'wieght' does not exist in type 'Partial<Parcel>'
  await harness.start(LoanWorkflow, { wieght: 3 });
}

// @ts-expect-error Property 'correlationId' is missing
asked({});
// @ts-expect-error Type 'string' is not assignable to type 'readonly (string | object | WorkflowJson)[]'
WorkflowModule.forRoot({ workflows: 'loan.json' });
// @ts-expect-error 'afer' does not exist in type
again({ afer: '1s' });
// @ts-expect-error is not assignable to parameter of type 'string'
go(1);
// @ts-expect-error 'atempt' does not exist in type 'Partial<StepRef<any, any, any>>'. Did you mean to write 'attempt'?
aStep({ atempt: 1 });
// @ts-expect-error is not assignable to parameter of type
assertValid(3);
// @ts-expect-error 'heartbaet' does not exist in type 'WorkerOptions'. Did you mean to write 'heartbeat'?
WorkflowModule.forRoot({ worker: { heartbaet: '1s' } });
// @ts-expect-error is not assignable to type
WorkflowModule.forRoot({ schema: 'sync' });
// @ts-expect-error 'concurency' does not exist in type
bullTaskQueue({ queues: { scoring: { concurency: 5 } } });
