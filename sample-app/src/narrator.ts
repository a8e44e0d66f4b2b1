import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { WorkflowService } from 'nestjs-argonaut';

/** Tells on the console what happens to the processes of this instance, as it is committed. */
@Injectable()
export class Narrator implements OnModuleInit {
  private readonly logger = new Logger('Process');

  constructor(private readonly workflows: WorkflowService) {}

  onModuleInit() {
    this.workflows.records.subscribe(({ processId, sequence, type, step, reason, error }) => {
      this.logger.log([`…${processId.slice(-6)} #${sequence}`, type, step, reason, error].filter(Boolean).join(' '));
    });
  }
}
