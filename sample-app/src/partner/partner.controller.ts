import { Controller } from '@nestjs/common';
import { ClientProxyFactory, EventPattern, Payload, Transport } from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';
import { settings } from '../settings.js';
import type { IdentityCheck, IdentityChecked } from './partner.messages.js';

/** Answers after a while, on a connection of its own. What it has not answered when it stops is forgotten: ask again. */
@Controller()
export class PartnerController {
  @EventPattern('identity.check')
  check(@Payload() { requestId, name, replyTo }: IdentityCheck) {
    const answer: IdentityChecked = { requestId, result: name.startsWith('Nobody') ? 'fail' : 'pass' };
    setTimeout(() => void send(replyTo, answer).catch(() => {}), settings.partnerThinksMs);
  }
}

async function send(port: number, answer: IdentityChecked): Promise<void> {
  const client = ClientProxyFactory.create({ transport: Transport.TCP, options: { host: '127.0.0.1', port } });
  await lastValueFrom(client.emit('identity.checked', answer), { defaultValue: undefined });
  await client.close();
}
