import { NestFactory } from '@nestjs/core';
import { type MicroserviceOptions, Transport } from '@nestjs/microservices';
import { PartnerModule } from './partner.module.js';
import { QuietLogger } from '../quiet.logger.js';

/** The identity partner: another company's service. It knows nothing of workflows and shares only messages with us. */
export async function startPartner(port: number): Promise<void> {
  const partner = await NestFactory.createMicroservice<MicroserviceOptions>(PartnerModule, {
    logger: new QuietLogger(),
    transport: Transport.TCP,
    options: { host: '127.0.0.1', port },
  });
  await partner.listen();
}
