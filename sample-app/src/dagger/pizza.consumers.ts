import { Controller, Injectable, type OnModuleInit, UseInterceptors } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { HandlesEvent, WorkflowAckInterceptor } from 'nestjs-argonaut';
import { settings } from '../settings.js';
import { InProcessTopics, PizzaTopics } from './pizza.topics.js';
import type { OrderStatus } from './pizza.workflow.js';

/** Takes what the kitchen says of an order. The key in the message finds the process. */
@Controller()
@UseInterceptors(WorkflowAckInterceptor)
export class OrderStatusConsumer {
  @EventPattern('order_status_topic')
  @HandlesEvent('pizza.status', (message: OrderStatus) => message.order_id)
  onStatus(@Payload() message: OrderStatus) {
    return message;
  }
}

/** The kitchen: another team's service. It knows nothing of workflows, and shares only messages with us. */
@Controller()
@UseInterceptors(WorkflowAckInterceptor)
export class Kitchen {
  constructor(private readonly topics: PizzaTopics) {}

  @EventPattern('pizza_order_topic')
  async onOrder(@Payload() { order_id }: { order_id: string }): Promise<void> {
    if (settings.pizzaBakesMs < 0) return; // a person says when it is ready
    await this.topics.send('order_status_topic', { order_id, status: 'BAKING' });
    await new Promise((resolve) => setTimeout(resolve, settings.pizzaBakesMs));
    await this.topics.send('order_status_topic', { order_id, status: 'READY' });
  }
}

/** Joins the two where there is no broker. */
@Injectable()
export class InProcess implements OnModuleInit {
  constructor(
    private readonly topics: PizzaTopics,
    private readonly kitchen: Kitchen,
    private readonly status: OrderStatusConsumer,
  ) {}

  onModuleInit(): void {
    if (!(this.topics instanceof InProcessTopics)) return;
    this.topics.listen('pizza_order_topic', (order) => this.kitchen.onOrder(order as { order_id: string }));
    this.topics.listen('order_status_topic', (status) => this.status.onStatus(status as OrderStatus));
  }
}
