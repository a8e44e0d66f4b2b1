import { BadRequestException, Body, Controller, Get, Param, Post } from '@nestjs/common';
import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayNotEmpty, IsIn, IsOptional, IsUrl, ValidateNested } from 'class-validator';
import { WorkflowService } from 'nestjs-argonaut';
import { ownProcess } from '../own-process.js';
import { ArticleOrigins } from './article-origins.js';
import { OwnUrl } from './own-url.js';

const NAMES = ['DummyWorkflow', 'IngestArticleXMLWorkflow'];

/** What a caller may say. The rest of the context, such as where files are, is for steps only. */
export class InputData {
  @IsOptional() @ArrayNotEmpty() @ArrayMaxSize(20) @IsUrl({ require_tld: false }, { each: true }) urls?: string[];
}

export class StartWorkflow {
  @IsIn(NAMES) name: string;
  @ValidateNested() @Type(() => InputData) input_data: InputData = new InputData();
}

@Controller('libero')
export class LiberoController {
  constructor(
    private readonly workflows: WorkflowService,
    private readonly own: OwnUrl,
    private readonly origins: ArticleOrigins,
  ) {}

  /** As Libero's own API takes it. Without urls it ingests the article this application serves. */
  @Post('start-workflow')
  start(@Body() { name, input_data }: StartWorkflow) {
    const { urls = [this.own.to('/libero/articles/article.xml')] } = input_data;
    const foreign = urls.filter((url) => !this.origins.includes(url));
    if (foreign.length > 0)
      throw new BadRequestException(`No articles come from ${foreign.join(', ')} (ARTICLE_ORIGINS)`);
    return this.workflows.start(name, name === 'DummyWorkflow' ? {} : { urls });
  }

  /** Waits a moment, as it takes one. */
  @Get('workflows/:id')
  async get(@Param('id') id: string) {
    await ownProcess(this.workflows, id, NAMES);
    await this.workflows.settled(id, { timeout: '5s' });
    const { workflow, status, cause, context, waits } = await this.workflows.get(id);
    return { id, workflow, status, cause, waitingFor: waits.map(({ step }) => step), context };
  }

  @Get('workflows/:id/events')
  async events(@Param('id') id: string) {
    await ownProcess(this.workflows, id, NAMES);
    return this.workflows.history(id);
  }

  @Get('workflows/:id/log')
  async log(@Param('id') id: string) {
    await ownProcess(this.workflows, id, NAMES);
    return this.workflows.log(id);
  }
}
