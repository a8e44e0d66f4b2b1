// An application outside the repository, compiled by tsc to ES modules and to CommonJS. It must not import Bull.
import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import { Body, Controller, Get, HttpCode, Module, Param, Post, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { IsNumber, IsString } from 'class-validator';
import libsql from 'libsql';
import { asked, HandlesResponse, Step, Workflow, WorkflowModule, WorkflowService } from 'nestjs-argonaut';

declare module 'nestjs-argonaut' {
  interface Queues {
    letters: true;
  }
  interface Events {
    'order.paid': { amount: number };
  }
}

class Order {
  @IsString() customer: string;
  greeted = false;
  credit?: number;
  printed?: boolean;
}

class CreditAnswer {
  @IsString() customer: string;
  @IsNumber() credit: number;
}

@Workflow({ name: 'order', context: Order })
class OrderWorkflow {
  @Step()
  greet() {
    return { greeted: true };
  }

  @Step({ request: 'askCredit' })
  credit(_order: Order, answer: { credit: number }) {
    return { credit: answer.credit };
  }

  askCredit({ customer }: Order) {
    return asked({ correlationId: `credit of ${customer}` });
  }

  @Step({ queue: 'letters' })
  print() {
    return { printed: true };
  }
}

@Controller('orders')
class OrderController {
  constructor(private readonly workflows: WorkflowService) {}

  @Post()
  start(@Body() { customer }: { customer: string }) {
    return this.workflows.start(OrderWorkflow, { customer }, { groupId: customer });
  }

  @Post('credit')
  @HttpCode(200)
  @HandlesResponse(OrderWorkflow, 'credit', (answer: CreditAnswer) => `credit of ${answer.customer}`)
  credit(@Body() { credit }: CreditAnswer) {
    return { credit };
  }

  @Get(':customer')
  get(@Param('customer') customer: string) {
    return this.workflows.get(OrderWorkflow, { groupId: customer });
  }
}

@Module({
  imports: [
    TypeOrmModule.forRoot({ type: 'better-sqlite3', driver: libsql, database: process.env.DATABASE_FILE!, autoLoadEntities: true }),
    WorkflowModule.forRoot({ schema: 'migrate' }),
  ],
  controllers: [OrderController],
  providers: [OrderWorkflow],
})
class AppModule {}

async function main() {
  const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] });
  app.useGlobalPipes(new ValidationPipe({ transform: true }));
  await app.listen(0, '127.0.0.1');
  process.once('SIGTERM', () => void app.close()); // nothing else ends this process
  console.log(`listening on ${(app.getHttpServer().address() as AddressInfo).port}`);
}

void main();
