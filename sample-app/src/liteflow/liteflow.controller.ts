import { Body, Controller, Get, HttpCode, NotFoundException, Param, Post } from '@nestjs/common';
import { IsString } from 'class-validator';
import { WorkflowService } from 'nestjs-argonaut';
import { ownProcess } from '../own-process.js';
import { samples } from './samples.js';

export class Published {
  @IsString() data: string;
}

@Controller('liteflow')
export class LiteflowController {
  constructor(private readonly workflows: WorkflowService) {}

  @Get()
  list() {
    return Object.keys(samples);
  }

  /** All who wait for it under this key get it. */
  @Post('events/:key')
  @HttpCode(200)
  publish(@Param('key') key: string, @Body() { data }: Published) {
    return this.workflows.emit('event1', key, data);
  }

  /** Starts it, and tells what it has printed when it first stands still. */
  @Post(':name')
  async start(@Param('name') name: string, @Body() data: Record<string, unknown>) {
    const workflow = Object.hasOwn(samples, name) ? samples[name] : undefined;
    if (!workflow) throw new NotFoundException(`There is no sample "${name}": ${this.list().join(', ')}`);
    const { id } = await this.workflows.start(workflow, data);
    return this.get(id);
  }

  @Get(':id')
  async get(@Param('id') id: string) {
    await ownProcess(this.workflows, id, this.list());
    const { status, cause } = await this.workflows.settled(id, { timeout: '5s' });
    const [{ context, waits }, log] = await Promise.all([this.workflows.get(id), this.workflows.log(id)]);
    const waitingFor = waits.map(({ step, kind, key, dueAt }) => ({ step, kind, key, dueAt }));
    return { id, status, cause, data: context, waitingFor, printed: log.map(({ text }) => text.split('\n')[0]) };
  }

  @Get(':id/history')
  async history(@Param('id') id: string) {
    await ownProcess(this.workflows, id, this.list());
    return this.workflows.history(id);
  }
}
