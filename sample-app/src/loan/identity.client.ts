import { Inject, Injectable } from '@nestjs/common';
import { ClientProxy } from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';
import type { IdentityCheck } from '../partner/partner.messages.js';
import { settings } from '../settings.js';
import type { Applicant } from './loan.context.js';

export const PARTNER = Symbol('PARTNER');

/** Asks the partner who somebody is. The answer comes to the {@link IdentityConsumer}, later. */
@Injectable()
export class IdentityClient {
  constructor(@Inject(PARTNER) private readonly partner: ClientProxy) {}

  async check({ name, birthday }: Applicant, requestId: string): Promise<void> {
    const request: IdentityCheck = { requestId, name, birthday: birthday.toISOString(), replyTo: settings.repliesPort };
    await lastValueFrom(this.partner.emit('identity.check', request), { defaultValue: undefined });
  }
}
