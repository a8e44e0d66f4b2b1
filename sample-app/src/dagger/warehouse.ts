import { Injectable, Logger } from '@nestjs/common';

/** Stands for the warehouse and the shop. What it says is kept with the process. */
@Injectable()
export class Warehouse {
  private readonly logger = new Logger('Warehouse');

  say(what: string): void {
    this.logger.log(what);
  }

  /** It takes a moment to pack. */
  isPacked(pickedAt: Date): boolean {
    return Date.now() - pickedAt.getTime() > 300;
  }
}
