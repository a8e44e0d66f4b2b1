import { Module } from '@nestjs/common';
import { WorkflowModule } from 'nestjs-argonaut';
import { bullTaskQueue } from 'nestjs-argonaut/bull';

class Config {
  get(key: string) {
    return process.env[key];
  }
}

@Module({
  imports: [
    WorkflowModule.forRootAsync({
      taskQueue: bullTaskQueue({ queues: { scoring: { concurrency: 5, rate: { max: 100, per: '1 minute' } } } }),
      inject: [Config],
      useFactory: (config: Config) => ({
        worker: { enabled: config.get('ROLE') !== 'api', shutdownTimeout: '30s' },
        defaults: { retry: { attempts: 5, delay: '1s', backoff: 'exponential', jitter: true, unless: [TypeError] }, timeout: '30s' },
      }),
    }),
  ],
})
export class AppModule {}
