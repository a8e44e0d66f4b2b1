import { Step, type StepRef, Workflow } from 'nestjs-argonaut';
import { settings } from '../settings.js';
import { Bank } from './bank.js';
import { CreditBureau } from './credit-bureau.js';
import { IdentityClient } from './identity.client.js';
import { Loan } from './loan.context.js';
import type { Review, Withdrawal } from './loan.dto.js';

/** A loan, from the application to the money. Steps run in the order written; what a step returns changes the context. */
@Workflow({ name: 'loan', version: 1, context: Loan })
export class LoanWorkflow {
  constructor(
    private readonly identities: IdentityClient,
    private readonly bureau: CreditBureau,
    private readonly bank: Bank,
  ) {}

  // Runs at once.
  @Step()
  register(loan: Loan, step: StepRef) {
    return { fee: loan.amount.percent(1), registeredAt: step.now };
  }

  // Asks the partner, then waits. No answer within five seconds: asks again, under the same id.
  @Step({ request: 'askIdentity', within: '5s', retry: 10 })
  identity(_loan: Loan, answer: { passed: boolean }) {
    return { identified: answer.passed };
  }

  askIdentity(loan: Loan, step: StepRef) {
    return this.identities.check(loan.applicant, step.correlationId);
  }

  // These two run on a task queue, at the same time.
  @Step({ queue: 'checks', parallel: 'checks', retry: 3 })
  async score(loan: Loan) {
    return { score: await this.bureau.scoreOf(loan.applicant, loan.amount) };
  }

  @Step({ queue: 'checks', parallel: 'checks', retry: 3 })
  async fraud(loan: Loan) {
    return { fraud: await this.bureau.suspects(loan.applicant) };
  }

  // Runs when both are done, and chooses.
  @Step({ next: ['pay', 'review', 'reject'] })
  decide(loan: Loan) {
    if (!loan.identified || loan.fraud || loan.approved === false) return 'reject';
    return loan.approved || loan.score! >= 600 ? 'pay' : 'review';
  }

  // Waits for a person: POST /loans/:reference/review
  @Step({ on: 'loan.reviewed', next: 'decide' })
  review(_loan: Loan, { approved }: Review) {
    return { approved };
  }

  // Waits for a moment: time to withdraw. The bank is told a key, so that it pays once even if this runs twice.
  @Step({ queue: 'payments', after: settings.payAfterMs, retry: 3 })
  async pay(loan: Loan, step: StepRef) {
    await this.bank.pay(loan.reference, loan.amount, step.idempotencyKey);
    return { outcome: 'paid' };
  }

  @Step()
  reject() {
    return { outcome: 'rejected' };
  }

  // May be told at any time, and ends everything else: POST /loans/:reference/withdraw
  @Step({ on: 'loan.withdrawn', unsolicited: true, next: 'end' })
  withdraw(_loan: Loan, { reason }: Withdrawal) {
    return { outcome: 'withdrawn', reason };
  }
}
