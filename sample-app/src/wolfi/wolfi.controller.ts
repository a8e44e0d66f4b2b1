import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { HandlesResponse, WorkflowService } from 'nestjs-argonaut';
import { ownProcess } from '../own-process.js';
import { AdditionWorkflow, Sum } from './addition.workflow.js';
import { Alert, AsyncWorkflow } from './async.workflow.js';
import { MinimalWorkflow } from './minimal.workflow.js';
import { CreditAnswer, Customer, StockAnswer } from './wolfi.dto.js';

const NAMES = ['minimal', 'addition', 'async'];

@Controller('wolfi')
export class WolfiController {
  constructor(private readonly workflows: WorkflowService) {}

  @Post('minimal')
  minimal() {
    return this.workflows.start(MinimalWorkflow);
  }

  @Post('addition')
  addition(@Body() sum: Sum) {
    return this.workflows.start(AdditionWorkflow, sum);
  }

  @Post('async')
  async(@Body() { customer }: Customer) {
    return this.workflows.start(AsyncWorkflow, { customer }, { groupId: customer });
  }

  /** The caller of such a route gets what became of its answer: `delivered`, `duplicate`… */
  @Post('async/credit')
  @HttpCode(200)
  @HandlesResponse(AsyncWorkflow, 'credit', (answer: CreditAnswer) => answer.correlationId)
  credit(@Body() { credit }: CreditAnswer) {
    return { credit };
  }

  @Post('async/stock')
  @HttpCode(200)
  @HandlesResponse(AsyncWorkflow, 'stock', (answer: StockAnswer) => answer.correlationId)
  stock(@Body() { available }: StockAnswer) {
    return { available };
  }

  @Post('async/:customer/alert')
  @HttpCode(200)
  alert(@Param('customer') customer: string, @Body() alert: Alert) {
    return this.workflows.emit('alert', customer, alert);
  }

  /** Shows correlation ids, so that a caller can answer as the partner would. A real application must not show them. */
  @Get(':id')
  async get(@Param('id') id: string) {
    await ownProcess(this.workflows, id, NAMES);
    return this.workflows.get(id, { internals: true });
  }

  @Get(':id/history')
  async history(@Param('id') id: string) {
    await ownProcess(this.workflows, id, NAMES);
    return this.workflows.history(id);
  }
}
