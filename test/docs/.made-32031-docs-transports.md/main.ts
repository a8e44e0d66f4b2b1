// file: main.ts
import { NestFactory } from '@nestjs/core';
import { type MicroserviceOptions, Transport } from '@nestjs/microservices';
import { WorkflowAckInterceptor } from 'nestjs-argonaut';

export async function bootstrap(module: new () => object) {
  const app = await NestFactory.create(module);
  app.connectMicroservice<MicroserviceOptions>(
    {
      transport: Transport.RMQ,
      options: {
        urls: ['amqp://localhost'],
        queue: 'replies',
        queueOptions: { durable: true, deadLetterExchange: '', deadLetterRoutingKey: 'replies.dead' },
        noAck: false,
        prefetchCount: 50,
      },
    },
    { inheritAppConfig: true },
  );
  app.useGlobalInterceptors(new WorkflowAckInterceptor({ maxDeliveries: 10, delay: '500ms', maxDelay: '30s' }));
  await app.startAllMicroservices();
}
