import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { WorkflowService } from 'nestjs-argonaut';
import { Application } from './loan.context.js';
import { Restart, Review, Withdrawal } from './loan.dto.js';
import { LoanWorkflow } from './loan.workflow.js';

/** Errors of the engine are HTTP exceptions already: 404 for a loan there is not, 409 for one that is under way. */
@Controller('loans')
export class LoanController {
  constructor(private readonly workflows: WorkflowService) {}

  @Post()
  async apply(@Body() application: Application) {
    await this.workflows.start(LoanWorkflow, application, { groupId: application.reference });
    return this.get(application.reference);
  }

  @Get(':reference')
  async get(@Param('reference') reference: string) {
    const process = await this.workflows.get(LoanWorkflow, { groupId: reference }, { internals: true }); // the story shows which worker runs a step
    const { id, status, cause, contextVersion, context, waits } = process;
    const waitingFor = waits.map(({ step, kind, dueAt, worker }) => ({ step, kind, dueAt, worker }));
    return { reference, processId: id, status, cause, waitingFor, contextVersion, loan: context };
  }

  @Get(':reference/history')
  history(@Param('reference') reference: string) {
    return this.workflows.history(loan(reference));
  }

  @Get(':reference/versions')
  async versions(@Param('reference') reference: string) {
    const { id, contextVersion } = await this.workflows.get(LoanWorkflow, { groupId: reference });
    const versions = Array.from({ length: contextVersion }, (_, i) => i + 1);
    return Promise.all(
      versions.map(async (version) => ({
        version,
        changes: version === 1 ? [] : await this.workflows.diff(id, version - 1, version),
        loan: await this.workflows.contextAt(id, version),
      })),
    );
  }

  @Post(':reference/review')
  @HttpCode(200)
  review(@Param('reference') reference: string, @Body() review: Review) {
    return this.workflows.emit('loan.reviewed', reference, review);
  }

  @Post(':reference/withdraw')
  @HttpCode(200)
  withdraw(@Param('reference') reference: string, @Body() withdrawal: Withdrawal) {
    return this.workflows.emit('loan.withdrawn', reference, withdrawal);
  }

  /** A failed step gets a new attempt. */
  @Post(':reference/retry')
  @HttpCode(200)
  async retry(@Param('reference') reference: string) {
    await this.workflows.retry(loan(reference));
    return this.get(reference);
  }

  /** Begins again from an old version of the context, also when the loan has ended. */
  @Post(':reference/restart')
  @HttpCode(200)
  async restart(@Param('reference') reference: string, @Body() { version }: Restart) {
    const { id } = await this.workflows.get(LoanWorkflow, { groupId: reference });
    await this.workflows.restartFrom(id, version, { reason: 'asked for by HTTP' });
    return this.get(reference);
  }
}

function loan(reference: string) {
  return { workflow: LoanWorkflow, groupId: reference };
}
