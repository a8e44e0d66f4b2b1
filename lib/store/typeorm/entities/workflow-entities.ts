import { WorkflowAuditEntity } from './audit-record.entity.js';
import { WorkflowBulkItemEntity } from './bulk-item.entity.js';
import { WorkflowBulkEntity } from './bulk-run.entity.js';
import { WorkflowDefinitionEntity } from './definition.entity.js';
import { WorkflowMessageEntity } from './inbox-message.entity.js';
import { WorkflowOutboxEntity } from './outbox-message.entity.js';
import { WorkflowPauseEntity } from './pause.entity.js';
import { WorkflowProcessEntity } from './process.entity.js';
import { WorkflowContextEntity } from './process-context.entity.js';
import { WorkflowRateEntity } from './queue-rate.entity.js';
import { WorkflowSearchEntity } from './search-value.entity.js';
import { WorkflowWaitEntity } from './wait.entity.js';
import { WorkflowWorkerEntity } from './worker.entity.js';

/** For the `entities` of a data source of your own; `WorkflowModule` adds them to one made by `TypeOrmModule` with `autoLoadEntities`. */
export const workflowEntities = [
  WorkflowProcessEntity,
  WorkflowContextEntity,
  WorkflowAuditEntity,
  WorkflowWaitEntity,
  WorkflowMessageEntity,
  WorkflowOutboxEntity,
  WorkflowWorkerEntity,
  WorkflowRateEntity,
  WorkflowSearchEntity,
  WorkflowPauseEntity,
  WorkflowBulkEntity,
  WorkflowBulkItemEntity,
  WorkflowDefinitionEntity,
];
