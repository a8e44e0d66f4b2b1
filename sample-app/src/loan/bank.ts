import { Injectable, Logger } from '@nestjs/common';
import type { Money } from './money.js';

/** Stands for a bank, which by itself does not pay twice under one key. */
@Injectable()
export class Bank {
  private readonly logger = new Logger('Bank');

  async pay(reference: string, amount: Money, key: string): Promise<void> {
    this.logger.log(`pays ${String(amount)} for loan ${reference} (key ${key})`);
  }
}
