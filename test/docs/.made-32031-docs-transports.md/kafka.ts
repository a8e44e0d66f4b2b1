// file: kafka.ts
import { type KafkaContext, type MicroserviceOptions, Transport } from '@nestjs/microservices';
import { type RefusedMessage, WorkflowAckInterceptor } from 'nestjs-argonaut';

export const kafka: MicroserviceOptions = {
  transport: Transport.KAFKA,
  options: {
    client: { brokers: ['localhost:9092'] },
    consumer: { groupId: 'loans' },
    run: { autoCommit: false },
    subscribe: { fromBeginning: true },
  },
};

/** Kafka has no place for refused messages: here they go to a topic. Without `onRefused` they are logged, with topic, partition and offset, and passed. */
export const acknowledging = new WorkflowAckInterceptor({
  onRefused: ({ context, payload, error }: RefusedMessage) =>
    (context as KafkaContext).getProducer().send({
      topic: `${(context as KafkaContext).getTopic()}.dead`,
      messages: [{ value: JSON.stringify(payload), headers: { error: String(error) } }],
    }),
});
