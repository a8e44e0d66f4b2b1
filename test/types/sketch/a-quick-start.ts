import { BullModule } from '@nestjs/bull';
import { Body, Controller, Get, Module, Param, Post } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { TypeOrmModule } from '@nestjs/typeorm';
import { IsInt, IsString } from 'class-validator';
import { HandlesResponse, Step, type StepRef, Workflow, WorkflowModule, WorkflowService } from 'nestjs-argonaut';
import { bullTaskQueue } from 'nestjs-argonaut/bull';
import { ApplyDto, Bank, KycClient, type KycMessage, KycReply, ReviewDto, ScoreService, Withdrawn } from './quick-start.support.js';

class Loan {
  @IsString() reference!: string; // refused at the start if missing
  @IsString() applicant!: string;
  @IsInt() amount!: number;
  fee = 0;
  identified?: boolean;
  fraud?: boolean;
  score = 0;
  ended?: string;
}

@Workflow({ name: 'loan', version: 1, context: Loan })
export class LoanWorkflow {
  constructor(
    private readonly kyc: KycClient,
    private readonly scores: ScoreService,
    private readonly bank: Bank,
  ) {}

  @Step() // runs at once
  register(loan: Loan) {
    return { fee: loan.amount * 0.01 };
  }

  @Step({ request: 'askIdentity', within: '2 days' }) // asks, then waits for the answer
  identity(loan: Loan, reply: KycReply) {
    return { identified: reply.passed };
  }

  askIdentity(loan: Loan, step: StepRef) {
    return this.kyc.request(loan.applicant, step.correlationId);
  }

  @Step({ queue: 'scoring', parallel: 'checks', retry: 5 }) // these two run on a task queue, at the same time
  async score(loan: Loan) {
    return { score: await this.scores.of(loan.applicant) };
  }

  @Step({ queue: 'scoring', parallel: 'checks' })
  async fraud(loan: Loan) {
    return { fraud: await this.scores.fraud(loan.applicant) };
  }

  @Step({ next: ['pay', 'review', 'reject'] }) // chooses
  decide(loan: Loan) {
    if (!loan.identified || loan.fraud || loan.score < 300) return 'reject';
    return loan.score > 600 ? 'pay' : 'review';
  }

  @Step({ input: ReviewDto, next: 'decide' }) // waits for a person
  review(loan: Loan, input: ReviewDto) {
    return { score: input.score };
  }

  @Step({ after: '1 day' }) // waits for a time
  async pay(loan: Loan, step: StepRef) {
    await this.bank.pay(loan.reference, loan.amount, step.idempotencyKey);
    return { ended: 'paid' };
  }

  @Step()
  reject() {
    return { ended: 'rejected' };
  }

  @Step({ on: 'loan.withdrawn', unsolicited: true, next: 'end' }) // may be told at any time
  withdraw(loan: Loan, event: Withdrawn) {
    return { ended: event.reason };
  }
}

@Controller('loans')
export class LoanController {
  constructor(private readonly workflows: WorkflowService) {}

  @Post()
  apply(@Body() dto: ApplyDto) {
    return this.workflows.start(LoanWorkflow, dto, { groupId: dto.reference });
  }

  @Get(':reference')
  get(@Param('reference') groupId: string) {
    return this.workflows.get(LoanWorkflow, { groupId }); // the live one, else the latest
  }

  @Post(':reference/review')
  review(@Param('reference') groupId: string, @Body() dto: ReviewDto) {
    return this.workflows.provideInput(LoanWorkflow, 'review', { groupId }, dto);
  }

  @Post(':reference/withdraw')
  withdraw(@Param('reference') groupId: string, @Body() dto: Withdrawn) {
    return this.workflows.emit('loan.withdrawn', groupId, dto);
  }
}

@Controller()
export class KycConsumer {
  @EventPattern('kyc.completed')
  @HandlesResponse(LoanWorkflow, 'identity', (message: KycMessage) => message.requestId)
  onCompleted(@Payload() message: KycMessage): KycReply {
    return { passed: message.result === 'pass' };
  }
}

@Module({
  imports: [
    TypeOrmModule.forRoot({ type: 'postgres', url: process.env['DATABASE_URL'], autoLoadEntities: true }),
    BullModule.forRoot({ redis: process.env['REDIS_URL'] }),
    WorkflowModule.forRoot({ taskQueue: bullTaskQueue({ queues: ['scoring'] }) }),
  ],
  controllers: [LoanController, KycConsumer],
  providers: [LoanWorkflow, KycClient, ScoreService, Bank],
})
export class AppModule {}

declare module 'nestjs-argonaut' {
  interface Queues {
    scoring: true;
  }
  interface Events {
    'loan.withdrawn': Withdrawn;
  }
}
