import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { WorkflowService } from 'nestjs-argonaut';
import { filter } from 'rxjs';

/** Says who owes what, as soon as it is owed. In life: an e-mail. */
@Injectable()
export class Reminders implements OnModuleInit {
  private readonly logger = new Logger('Reminders');

  constructor(private readonly workflows: WorkflowService) {}

  onModuleInit() {
    this.workflows.records
      .pipe(filter(({ type }) => type === 'input-required'))
      .subscribe(({ processId }) => void this.remind(processId));
  }

  /** Records tell of every workflow; this one is about uploads. */
  private async remind(processId: string) {
    const { workflow, waits, context } = await this.workflows.get(processId);
    const owed = waits.filter(({ kind }) => kind === 'input').map(({ step }) => step);
    if (workflow === 'file-upload' && owed.length > 0) {
      this.logger.log(`${String(context.owner)} owes upload ${processId} an input: ${owed.join(', ')}`);
    }
  }
}
