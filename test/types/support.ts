import { IsNumber, IsString } from 'class-validator';
import { Step, type StepRef, Workflow } from 'nestjs-argonaut';

export class Parcel {
  @IsNumber() weight = 0;
  @IsString() city = '';
  state: 'new' | 'sent' = 'new';
  stops: string[] = [];
  dueAt?: Date;
  known = false;
}

export interface Reply {
  readonly passed: boolean;
}

export interface Letter {
  readonly requestId: string;
  readonly passed: boolean;
}

@Workflow({ name: 'loan', context: Parcel })
export class LoanWorkflow {
  @Step({ request: 'askIdentity' }) identity(_parcel: Parcel, reply: Reply) {
    return { state: reply.passed ? 'sent' : 'new' } as const;
  }
  askIdentity(_parcel: Parcel, _step: StepRef) {}
  @Step() pay(_parcel: Parcel) {}
}
