/** Dagger's words in ours: a template is a workflow, a task a step, a process of it a stage, runtime parameters are the context. */
import 'reflect-metadata';
import { Test } from '@nestjs/testing';
import { WorkflowHarness, WorkflowTestingModule } from 'nestjs-argonaut/testing';
import type { Class } from 'nestjs-argonaut';
import { Engine } from '../../lib/engine/engine.js';
import { Act, type Behaviours, Journal, Undo } from '../liteflow/support.js';

export { Act, type Bench, DATABASES, Journal, onEachDatabase, signal, Undo } from '../liteflow/support.js';

export const START = '2026-01-01T00:00:00Z';

/** In memory, by a clock that stands still: what ran, and at which second since the start. */
export async function inMemory(providers: Class[]) {
  const journal = new Journal();
  const module = await Test.createTestingModule({
    imports: [WorkflowTestingModule.forRoot({ now: START })],
    providers: [{ provide: Journal, useValue: journal }, Act, Undo, ...providers],
  }).compile();
  await module.init();
  const harness = module.get(WorkflowHarness);
  return {
    harness,
    engine: module.get(Engine).parts,
    journal,
    async begun(workflow: Class, values: object = {}, behaviours: Behaviours = {}) {
      journal.tell('g', behaviours);
      const process = await harness.start(workflow, values, { groupId: 'g' });
      const ran = () => journal.of('g').map(({ step, now }) => `${step} ${(now.getTime() - Date.parse(START)) / 1000}`);
      return { process: process as { id: string; status: string; context: any; path: string[]; waitingFor: string[] }, ran };
    },
  };
}
