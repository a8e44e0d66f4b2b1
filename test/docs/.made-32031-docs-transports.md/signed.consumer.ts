// file: signed.consumer.ts
import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, KafkaContext } from '@nestjs/microservices';
import { HandlesEvent } from 'nestjs-argonaut';

const place = (context: KafkaContext) => `${context.getTopic()}/${context.getPartition()}/${context.getMessage().offset}`;
const keyOf = (context: KafkaContext) => String(context.getMessage().key);

@Controller()
export class SignedConsumer {
  @EventPattern('contract.signed')
  @HandlesEvent('contract.signed', keyOf, { messageId: place })
  onSigned(@Ctx() context: KafkaContext) {
    const { by } = context.getMessage().value as unknown as { by: string };
    return { by };
  }
}
