import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { IsIn, IsString } from 'class-validator';
import { WorkflowService } from 'nestjs-argonaut';
import { OrderWorkflow, ShopOrder } from './order.workflow.js';
import { OrderStatusConsumer } from './pizza.consumers.js';
import { Pizza, PizzaWorkflow } from './pizza.workflow.js';

export class KitchenSays {
  @IsIn(['BAKING', 'READY']) status: 'BAKING' | 'READY';
}

export class NewShopOrder {
  @IsString() order_number: string;
  @IsString() payment_id: string;
  @IsString({ each: true }) boxes: string[];
}

@Controller('dagger')
export class DaggerController {
  constructor(
    private readonly workflows: WorkflowService,
    private readonly consumer: OrderStatusConsumer,
  ) {}

  /** The same order twice is one process. */
  @Post('pizzas')
  orderPizza(@Body() pizza: Pizza) {
    return this.workflows.start(PizzaWorkflow, pizza, {
      seed: pizza.order_id,
      groupId: pizza.order_id,
      ifLive: 'return',
    });
  }

  /** What a message on `order_status_topic` says, for a kitchen that telephones. */
  @Post('pizzas/:order/status')
  @HttpCode(200)
  status(@Param('order') order_id: string, @Body() { status }: KitchenSays) {
    return this.consumer.onStatus({ order_id, status });
  }

  @Get('pizzas/:order')
  pizza(@Param('order') groupId: string) {
    return this.workflows.get(PizzaWorkflow, { groupId });
  }

  @Get('pizzas/:order/history')
  pizzaHistory(@Param('order') groupId: string) {
    return this.workflows.history({ workflow: PizzaWorkflow, groupId });
  }

  @Post('orders')
  order(@Body() order: NewShopOrder) {
    return this.workflows.start(OrderWorkflow, order as Partial<ShopOrder>, { groupId: order.order_number });
  }

  @Get('orders/:number')
  async readOrder(@Param('number') groupId: string) {
    const [{ id, status, context, waits }, log] = await Promise.all([
      this.workflows.get(OrderWorkflow, { groupId }),
      this.workflows.log({ workflow: OrderWorkflow, groupId }),
    ]);
    return {
      id,
      status,
      order: context,
      waitingFor: waits.map(({ step }) => step).sort(),
      printed: log.map(({ text }) => text),
    };
  }

  /** Anything that its steps wait for: `payment.made`, `box.collected`, `invoice.sent`, `box.delivered`, `order.signed`. */
  @Post('events/:event/:key')
  @HttpCode(200)
  tell(@Param('event') event: string, @Param('key') key: string, @Body() data: object) {
    return this.workflows.emit(event, key, data);
  }

  @Get('ready')
  ready() {
    return this.workflows.ready();
  }
}
