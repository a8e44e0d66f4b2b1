import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { settings } from '../settings.js';

/** Stands for the delivery service. It writes down each request it gets; one with a key it knows is the same delivery. */
@Injectable()
export class DeliveryService {
  async deliver(order: string, customer: string, key: string): Promise<void> {
    mkdirSync(settings.dataDir, { recursive: true });
    appendFileSync(join(settings.dataDir, 'deliveries.log'), `${key} ${order} ${customer} ${process.pid}\n`);
  }
}
