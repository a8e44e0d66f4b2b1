import { Module } from '@nestjs/common';
import { ClientsModule, Transport } from '@nestjs/microservices';
import { settings } from '../settings.js';
import { Bank } from './bank.js';
import { CreditBureau } from './credit-bureau.js';
import { IdentityClient, PARTNER } from './identity.client.js';
import { IdentityConsumer } from './identity.consumer.js';
import { LoanController } from './loan.controller.js';
import { LoanWorkflow } from './loan.workflow.js';

@Module({
  imports: [
    ClientsModule.register([
      { name: PARTNER, transport: Transport.TCP, options: { host: '127.0.0.1', port: settings.partnerPort } },
    ]),
  ],
  controllers: [LoanController, IdentityConsumer],
  providers: [LoanWorkflow, IdentityClient, CreditBureau, Bank],
})
export class LoanModule {}
