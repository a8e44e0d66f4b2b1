import 'reflect-metadata';
import { Test } from '@nestjs/testing';
import { expect, it } from 'vitest';
import { WorkflowHarness, WorkflowTestingModule } from 'nestjs-argonaut/testing';
import { AdditionWorkflow, AsyncWorkflow, MinimalWorkflow, Partners } from './samples.js';

async function boot() {
  const done: string[] = [];
  const partners = { askCredit: async () => {}, askStock: async () => ({ requestId: 'S-1' }), bill: async () => void done.push('bill'), print: async () => void done.push('print'), mail: async () => void done.push('mail') };
  const module = await Test.createTestingModule({
    imports: [WorkflowTestingModule.forRoot({ now: '2026-01-01T00:00:00Z' })],
    providers: [MinimalWorkflow, AdditionWorkflow, AsyncWorkflow, { provide: Partners, useValue: partners }],
  }).compile();
  await module.init();
  return { harness: module.get(WorkflowHarness), done };
}

it('minimal', async () => {
  const { harness } = await boot();
  const p = await harness.start(MinimalWorkflow);
  expect(p.status).toBe('completed');
  console.log(p.records.map((r) => [r.sequence, r.type, r.step, r.contextVersion]));
});

it('addition', async () => {
  const { harness } = await boot();
  const p = await harness.start(AdditionWorkflow, { total: 1 });
  expect(p.context.total).toBe(7);
  expect(p.path).toEqual(['addOne', 'addTwo', 'addThree']);
});

it('async', async () => {
  const { harness, done } = await boot();
  const p = await harness.start(AsyncWorkflow, { customer: 'ada' }, { groupId: 'o-1' });
  expect(p.waitingFor).toEqual(['credit']);
  await p.respond('credit', { credit: 3 });
  expect(p.waitingFor).toEqual(['stock']);
  await p.respond('stock', { available: false });
  expect(p.waitingFor).toEqual(['bill']);
  await harness.advance('2 hours');
  expect(done).toEqual([]);
  await harness.advance('1 hour');
  expect(done.sort()).toEqual(['bill', 'mail', 'print']);
  expect(p.waitingFor).toEqual(['close']);
  await harness.emit('alert', 'o-1', { text: 'stock is here', stock: true });
  expect(p.status).toBe('completed');
  console.log(p.records.map((r) => [r.sequence, r.type, r.step, r.contextVersion].join(' ')).join('\n'));
});
