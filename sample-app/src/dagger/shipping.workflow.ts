import { IsString } from 'class-validator';
import { Step, Workflow } from 'nestjs-argonaut';
import { Warehouse } from './warehouse.js';

export class Shipping {
  @IsString() box: string;
}

/** What becomes of one box. */
@Workflow({ name: 'ShippingWorkflow', context: Shipping })
export class ShippingWorkflow {
  constructor(private readonly warehouse: Warehouse) {}

  @Step() ship({ box }: Shipping) {
    this.warehouse.say(`ships ${box}`);
  }

  @Step({ on: { event: 'box.delivered', key: 'box' } }) delivered({ box }: Shipping) {
    this.warehouse.say(`${box} is delivered`);
  }
}
