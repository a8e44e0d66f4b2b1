// file: scores.processor.ts
import { Processor, WorkerHost } from '@nestjs/bullmq';
import type { Job } from 'bullmq';
import { HandlesEvent } from 'nestjs-argonaut';

interface Score {
  ref: string;
  points: number;
}

@Processor('scores')
export class ScoresProcessor extends WorkerHost {
  @HandlesEvent('scored', (job: Job<Score>) => job.data.ref, { messageId: (job) => job.id! })
  override async process(job: Job<Score>) {
    return { points: job.data.points };
  }
}
