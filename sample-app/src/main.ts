import 'reflect-metadata';
import { ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type MicroserviceOptions, Transport } from '@nestjs/microservices';
import { AppModule } from './app.module.js';
import { broker } from './dagger/broker.js';
import { startPartner } from './partner/partner.main.js';
import { QuietLogger } from './quiet.logger.js';
import { settings } from './settings.js';
import { whatToDoNext } from './welcome.js';

await startPartner(settings.partnerPort); // stands for another company

const app = await NestFactory.create(AppModule, { logger: new QuietLogger() });
app.useGlobalPipes(new ValidationPipe({ transform: true, whitelist: true, forbidNonWhitelisted: true }));
app.connectMicroservice<MicroserviceOptions>({
  transport: Transport.TCP,
  options: { host: '127.0.0.1', port: settings.repliesPort },
});
const pizzas = broker();
if (pizzas) app.connectMicroservice<MicroserviceOptions>(pizzas);
app.enableShutdownHooks();
await app.startAllMicroservices();
try {
  await app.listen(settings.port, '127.0.0.1');
} catch (error) {
  console.error(`Port ${settings.port} cannot be used (${String(error)}). Another one: PORT=3001 npm start`);
  process.exit(1);
}
console.log(await whatToDoNext(app));
