import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { IsIn, IsObject } from 'class-validator';
import { WorkflowService } from 'nestjs-argonaut';
import { OwnUrl } from './own-url.js';

export class StartWorkflow {
  @IsIn(['DummyWorkflow', 'IngestArticleXMLWorkflow']) name: string;
  @IsObject() input_data: Record<string, unknown> = {};
}

@Controller('libero')
export class LiberoController {
  constructor(
    private readonly workflows: WorkflowService,
    private readonly own: OwnUrl,
  ) {}

  /** As Libero's own API takes it. Without urls it ingests the article this application serves. */
  @Post('start-workflow')
  start(@Body() { name, input_data }: StartWorkflow) {
    const urls = name === 'DummyWorkflow' ? {} : { urls: [this.own.to('/libero/articles/article.xml')] };
    return this.workflows.start(name, { ...urls, ...input_data });
  }

  /** Waits a moment, as it takes one. */
  @Get('workflows/:id')
  async get(@Param('id') id: string) {
    await this.workflows.settled(id, { timeout: '5s' });
    const { workflow, status, cause, context, waits } = await this.workflows.get(id);
    return { id, workflow, status, cause, waitingFor: waits.map(({ step }) => step), context };
  }

  @Get('workflows/:id/events')
  events(@Param('id') id: string) {
    return this.workflows.history(id);
  }

  @Get('workflows/:id/log')
  log(@Param('id') id: string) {
    return this.workflows.log(id);
  }
}
