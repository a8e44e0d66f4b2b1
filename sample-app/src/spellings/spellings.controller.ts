import { Body, Controller, Get, HttpCode, Param, ParseIntPipe, Post } from '@nestjs/common';
import { IsInt, Min } from 'class-validator';
import { WorkflowService } from 'nestjs-argonaut';
import { ownProcess } from '../own-process.js';
import { Approval } from './order.js';

export class NewOrder {
  @IsInt() @Min(1) items: number;
}

const ORDERS = ['order-1', 'order-2', 'order-3', 'order-4'];

/** The four of them, told apart by a number. */
@Controller('orders')
export class SpellingsController {
  constructor(private readonly workflows: WorkflowService) {}

  @Post(':spelling')
  async order(@Param('spelling', ParseIntPipe) spelling: number, @Body() { items }: NewOrder) {
    const { id } = await this.workflows.start(`order-${spelling}`, { items });
    return this.get(id);
  }

  @Post(':id/approve')
  @HttpCode(200)
  async approve(@Param('id') id: string, @Body() approval: Approval) {
    const { workflow } = await ownProcess(this.workflows, id, ORDERS);
    await this.workflows.provideInput(workflow, 'approve', id, approval);
    return this.get(id);
  }

  @Get(':id')
  async get(@Param('id') id: string) {
    await ownProcess(this.workflows, id, ORDERS);
    const { status } = await this.workflows.settled(id, { timeout: '5s' });
    const { context, waits } = await this.workflows.get(id);
    return { id, status, order: context, waitingFor: waits.map(({ step }) => step) };
  }
}
