import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { databaseTaskQueue, WorkflowModule } from 'nestjs-argonaut';
import { WorkflowApiModule } from 'nestjs-argonaut/api';
import { WorkflowConsoleModule } from 'nestjs-argonaut/console';
import { database } from './database.js';
import { LoanModule } from './loan/loan.module.js';
import { Narrator } from './narrator.js';
import { queues } from './queues.js';
import { documents, samples } from './samples.js';
import { settings } from './settings.js';

/** Everybody may do everything: only fit for a machine of one's own. In production: guards of your own (docs/api.md, docs/console.md). */
const open = {
  allowAnonymous: true,
  rights: () => ['read', 'input', 'mend', 'administer'] as const,
  actor: () => 'you',
};

const redis = settings.redisUrl ? await import('./bull.js') : null;

@Module({
  imports: [
    TypeOrmModule.forRoot(database()),
    ...(redis ? [redis.bull] : []),
    WorkflowModule.forRoot({
      schema: 'migrate', // makes its tables when the application boots
      worker: { heartbeat: '1s' }, // after three seconds without a sign of life, another instance takes over
      ...documents,
      taskQueue: redis ? redis.taskQueue : databaseTaskQueue({ queues }),
    }),
    ...(process.env.NODE_ENV === 'production'
      ? []
      : [
          WorkflowApiModule.forRoot(open),
          WorkflowConsoleModule.forRoot({ ...open, title: 'Sample application', environment: 'development' }),
        ]),
    LoanModule,
    ...samples,
  ],
  providers: [Narrator],
})
export class AppModule {}
