import { setTimeout } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { settings } from '../settings.js';
import type { Applicant } from './loan.context.js';
import { Money } from './money.js';

/** Stands for a slow service: large loans score low, and Mallory is a fraud. */
@Injectable()
export class CreditBureau {
  async scoreOf(_applicant: Applicant, amount: Money): Promise<number> {
    await setTimeout(settings.checkTakesMs);
    return amount.isMoreThan(Money.of('10000')) ? 450 : 720;
  }

  async suspects(applicant: Applicant): Promise<boolean> {
    await setTimeout(settings.checkTakesMs);
    return applicant.name.startsWith('Mallory');
  }
}
