/** A version that is gone leaves its processes standing; however many they are, they are in nobody's way. */
import 'reflect-metadata';
import { expect, it } from 'vitest';
import { eventAddress } from '../../lib/core/addresses.js';
import { newMessage } from '../../lib/core/engine-messages.js';
import { Step, Workflow } from '../../lib/index.js';
import { until } from '../support/app.js';
import { onTwoDatabases } from '../support/two-databases.js';

function shop(asStep: () => any, version: number) {
  @Workflow({ name: 'shop', version })
  class Shop {
    @asStep() step() {}
  }
  return Shop;
}

const MORE_THAN_A_SWEEP_LOOKS_AT = 210;

onTwoDatabases('processes of a version that nobody knows', {}, ({ boot }) => {
  it.each<[string, () => any]>([
    ['could run, if somebody took them', () => Step()],
    ['have a moment that has come', () => Step({ after: '1ms' })],
    ['are queued', () => Step({ queue: 'work' })],
    ['have missed their message', () => Step({ on: 'go' })],
  ])('and %s are not in the way of others', async (_, asStep) => {
    const [Old, New] = [shop(asStep, 1), shop(asStep, 2)];
    const starts = await boot({ providers: [Old, New], queues: ['work'], options: { worker: { enabled: false } } });
    const begin = async (version: number, groupId: string) => {
      const { id } = await starts.workflows.start('shop', {}, { version, groupId });
      await starts.engine.store.commits.keepMessages([newMessage(groupId, eventAddress('go', groupId), {}, Date.now() + version)]);
      return id;
    };
    await Promise.all(Array.from({ length: MORE_THAN_A_SWEEP_LOOKS_AT }, (__, i) => begin(1, `old-${i}`)));
    const id = await begin(2, 'new');
    const { workflows } = await boot({ providers: [New], queues: ['work'], options: { worker: { heartbeat: '1h', sweepInterval: '50ms' } } });
    await until(() => workflows.get(id), ({ status }) => status === 'completed'); // prettier-ignore
    expect((await workflows.get({ workflow: 'shop', groupId: 'old-0' })).finishedAt).toBeNull();
  });
});
