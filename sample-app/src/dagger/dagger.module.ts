import { Module } from '@nestjs/common';
import { type ClientOptions, type ClientProxy, ClientProxyFactory } from '@nestjs/microservices';
import { client } from './broker.js';
import { DaggerController } from './dagger.controller.js';
import { DeliveryService } from './delivery.service.js';
import { OrderWorkflow } from './order.workflow.js';
import { InProcess, Kitchen, OrderStatusConsumer } from './pizza.consumers.js';
import { BrokerTopics, InProcessTopics, PizzaTopics } from './pizza.topics.js';
import { PizzaWorkflow } from './pizza.workflow.js';
import { ShippingWorkflow } from './shipping.workflow.js';
import { Warehouse } from './warehouse.js';

const options = client();
const topics = options
  ? {
      provide: PizzaTopics,
      useFactory: () => new BrokerTopics(ClientProxyFactory.create(options as ClientOptions) as ClientProxy),
    }
  : { provide: PizzaTopics, useClass: InProcessTopics };

/** The samples of Dagger, in our words. */
@Module({
  controllers: [DaggerController, OrderStatusConsumer, Kitchen],
  providers: [
    PizzaWorkflow,
    OrderWorkflow,
    ShippingWorkflow,
    DeliveryService,
    Warehouse,
    topics,
    InProcess,
    Kitchen,
    OrderStatusConsumer,
  ],
})
export class DaggerModule {}
