import { randomBytes } from 'node:crypto';
import type { Queue } from 'bull';
import { Announcer, type NewWork } from '../../values/announcer.js';
import { inTime } from '../../values/in-time.js';

const PATIENCE_MS = 1000;

/** Publishes and subscribes in the Redis of Bull's queues. Never waits for a Redis that is down. */
export class RedisAnnouncer extends Announcer {
  /** Marks the announcements of this instance, which it ignores itself. */
  private readonly id = randomBytes(6).toString('hex');
  private subscriber: { disconnect(): void } | undefined;

  /** `queue`: one that all instances have. */
  constructor(private readonly queue: Queue) {
    super();
  }

  override async listen(heard: (work: NewWork) => void): Promise<boolean> {
    const subscriber = this.queue.client.duplicate();
    this.subscriber = subscriber;
    subscriber.on('error', () => {}); // the client connects and subscribes again by itself
    subscriber.on('message', (_channel: string, message: string) => {
      const [from, work] = message.split(' ');
      if (from !== this.id) heard(work as NewWork);
    });
    return inTime(subscriber.subscribe(this.channel), PATIENCE_MS).catch(() => false);
  }

  override async announce(work: NewWork): Promise<void> {
    const { client } = this.queue;
    if (client.status === 'ready') await client.publish(this.channel, `${this.id} ${work}`);
  }

  override async close(): Promise<void> {
    this.subscriber?.disconnect();
  }

  private get channel(): string {
    return this.queue.toKey('work');
  }
}
