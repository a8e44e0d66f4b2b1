import { AuditRecord } from './audit-record.js';
import { Definition } from './definition.js';
import { InboxMessage } from './inbox-message.js';
import { Process } from './process.js';
import { ProcessContext } from './process-context.js';
import { QueueRate } from './queue-rate.js';
import { Wait } from './wait.js';
import { Worker } from './worker.js';

export { AuditRecord, Process, ProcessContext, Wait };

/** For the `entities` of a data source of your own; `WorkflowModule` adds them to one made by `TypeOrmModule` with `autoLoadEntities`. */
export const workflowEntities = [Process, ProcessContext, AuditRecord, Wait, InboxMessage, Worker, QueueRate, Definition];
