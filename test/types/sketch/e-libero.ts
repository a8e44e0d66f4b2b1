import { Controller, Module } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { IsString } from 'class-validator';
import { Step, type StepRef, type WorkflowJson, WorkflowModule, WorkflowService, databaseTaskQueue, fail } from 'nestjs-argonaut';
import dummy from './dummy.workflow.json' with { type: 'json' }; // the README's own document

@Step()
export class DoSomethingActivity {
  run() {
    const num = 10;
    if (num > 20) return fail('too many');
  }
}

@Step()
export class DoAnotherThingActivity {
  async run() {
    const response = await fetch('http://foobar.com/foo');
    if (!response.ok) return fail(`foobar said ${response.status}`);
  }
}

// IngestArticleXML
class Ingest {
  @IsString() data_dir!: string;
  urls: string[] = [];
  files: string[] = [];
  assets: string[] = [];
}
abstract class Files {
  abstract download(url: string, dir: string): Promise<string>;
  abstract tifsIn(files: string[]): Promise<string[]>;
  abstract rewrite(files: string[], assets: string[]): Promise<void>;
}

@Step()
export class DownloadXml {
  constructor(private readonly files: Files) {}
  async run(ingest: Ingest, step: StepRef<unknown, string>) {
    const file = await this.files.download(step.item, ingest.data_dir);
    return { files: (all: string[]) => [...all, file] };
  }
}

@Step()
export class ExtractAssetUris {
  constructor(private readonly files: Files) {}
  async run(ingest: Ingest) {
    return { urls: await this.files.tifsIn(ingest.files) };
  }
}

@Step()
export class DownloadAsset {
  constructor(private readonly files: Files) {}
  async run(ingest: Ingest, step: StepRef<unknown, string>) {
    const file = await this.files.download(step.item, ingest.data_dir);
    return { assets: (all: string[]) => [...all, file] };
  }
}

@Step()
export class RewriteUris {
  constructor(private readonly files: Files) {}
  run(ingest: Ingest) {
    return this.files.rewrite(ingest.files, ingest.assets);
  }
}

@Step()
export class NotifyArchive {
  run(_ingest: Ingest, step: StepRef) {
    return step.note(`archiving to ${step.config['bucket']}`);
  }
}

export const ingest = {
  name: 'IngestArticleXMLWorkflow',
  context: 'Ingest',
  steps: [
    { name: 'DownloadXml', forEach: 'urls', queue: 'downloads' },
    { name: 'ExtractAssetUris' },
    { name: 'DownloadAsset', forEach: 'urls', queue: 'downloads', retry: { attempts: 5, delay: '10s', backoff: 'exponential' } },
    { name: 'RewriteUris', timeout: '10 minutes' },
    { name: 'NotifyArchive', independent: true, required: false, config: { bucket: 'articles' } },
  ],
} satisfies WorkflowJson;

@Controller()
export class WorkflowStarter {
  constructor(private readonly workflows: WorkflowService) {}

  @MessagePattern('start_workflow')
  start(@Payload() message: { name: string; input_data: object }) {
    return this.workflows.start(message.name, message.input_data);
  }
}

@Module({
  imports: [
    WorkflowModule.forRoot({
      workflows: [dummy, ingest],
      contexts: [Ingest],
      taskQueue: databaseTaskQueue({ queues: { downloads: { concurrency: 4 } } }),
    }),
  ],
  providers: [DoSomethingActivity, DoAnotherThingActivity, DownloadXml, ExtractAssetUris, DownloadAsset, RewriteUris, NotifyArchive],
  controllers: [WorkflowStarter],
})
export class LiberoModule {}

declare module 'nestjs-argonaut' {
  interface Queues {
    downloads: true;
  }
}
