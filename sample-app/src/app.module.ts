import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { WorkflowModule } from 'nestjs-argonaut';
import { database } from './database.js';
import { LoanModule } from './loan/loan.module.js';
import { Narrator } from './narrator.js';
import { settings } from './settings.js';
import { WolfiModule } from './wolfi/wolfi.module.js';

const redis = settings.redisUrl ? await import('./bull.js') : null;

@Module({
  imports: [
    TypeOrmModule.forRoot(database()),
    ...(redis ? [redis.bull] : []),
    WorkflowModule.forRoot({
      schema: 'migrate', // makes its tables when the application boots
      worker: { heartbeat: '1s' }, // after three seconds without a sign of life, another instance takes over
      ...(redis && { taskQueue: redis.taskQueue }),
    }),
    LoanModule,
    WolfiModule,
  ],
  providers: [Narrator],
})
export class AppModule {}
