/** Documents in Libero Flow's words, and what a test asks about their processes. */
import { randomUUID } from 'node:crypto';
import type { StepJson, WorkflowJson } from 'nestjs-argonaut';
import type { Bench } from '../liteflow/support.js';

export { Ahead, type Behaviours, type Bench, Journal, onEachDatabase, signal, Turnstile } from '../liteflow/support.js';

/** As in the README of Libero Flow. */
export const DUMMY = {
  name: 'DummyWorkflow',
  config: {
    some: 'values',
  },
  activities: [
    {
      name: 'DoSomethingActivity',
      independent: false,
      required: true,
      config: {},
    },
    {
      name: 'DoAnotherThingActivity',
      independent: false,
      required: true,
      config: {},
    },
  ],
};

/** An activity by its name alone, or with what else is said of it. It does what its test tells the journal. */
export type PendingWork = string | StepJson;

export const unique = (name = 'flow') => `${name}-${randomUUID()}`;

export function documentOf(activities: readonly PendingWork[], more: Partial<WorkflowJson> = {}): WorkflowJson {
  const steps = activities.map((activity) => ({ use: 'Act', ...(typeof activity === 'string' ? { name: activity } : activity) }));
  return { name: unique(), ...more, activities: steps } as WorkflowJson;
}

/** Defined while the application runs; says its name. */
export async function defined(bench: Bench, activities: readonly PendingWork[], more: Partial<WorkflowJson> = {}): Promise<string> {
  const document = documentOf(activities, more);
  await bench.workflows.define(document);
  return document.name;
}

/** Whoever looks at all processes has looked, and nothing is under way. */
export async function lookedAt({ app: { engine } }: Bench): Promise<void> {
  await engine.activity.idle();
  await engine.sweeper.sweep();
  await engine.activity.idle();
}

/** Which attempt came to what, in order: `failed 1`, `completed 2`. */
export async function attempts(bench: Bench, id: string, step: string): Promise<string[]> {
  const records = (await bench.workflows.history(id)).filter((record) => record.step === step && record.type.startsWith('step-'));
  return records.map(({ type, attempt }) => `${type.slice('step-'.length)} ${attempt}`);
}
