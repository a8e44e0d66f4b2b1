import 'reflect-metadata';
import { createRequire } from 'node:module';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { DataSourceOptions } from 'typeorm';
import { type Digraph, type Flow, Step, type StepRef, Workflow, type WorkflowJson, WorkflowModule, WorkflowService } from '../../lib/index.js';

export interface SpellingOptions {
  readonly database: DataSourceOptions & { readonly driverName?: string };
  /** The bodies of these steps never end in this instance. */
  readonly hangsIn: readonly string[];
  /** The workflows of which this instance starts a process. */
  readonly starts: readonly string[];
}

/** What an instance says: a body has begun, a process was started. */
export type Said =
  | { readonly body: string; readonly processId: string; readonly attempt: number }
  | { readonly started: string; readonly workflow: string }
  | { readonly ready: true };

export class Walk {
  steps: string[] = [];
}

const say = (said: Said) => process.send?.(said);
let hangsIn: readonly string[] = [];

/** What the body of each step does, in each spelling. */
async function go({ name, processId, attempt }: StepRef) {
  say({ body: name, processId, attempt });
  if (hangsIn.includes(name)) await new Promise(() => {});
  return { steps: (all: string[]) => [...all, name] };
}

@Workflow({ name: 'written', context: Walk })
class Written {
  @Step() first(_walk: Walk, step: StepRef) { return go(step); } // prettier-ignore
  @Step({ parallel: 'both' }) left(_walk: Walk, step: StepRef) { return go(step); } // prettier-ignore
  @Step({ parallel: 'both' }) right(_walk: Walk, step: StepRef) { return go(step); } // prettier-ignore
  @Step() last(_walk: Walk, step: StepRef) { return go(step); } // prettier-ignore
}

@Workflow({ name: 'built', context: Walk })
class Built {
  flow(flow: Flow<Walk>) {
    return flow.startWith(this.first).all((one) => one.then(this.left), (other) => other.then(this.right)).then(this.last); // prettier-ignore
  }
  @Step() first(_walk: Walk, step: StepRef) { return go(step); } // prettier-ignore
  @Step() left(_walk: Walk, step: StepRef) { return go(step); } // prettier-ignore
  @Step() right(_walk: Walk, step: StepRef) { return go(step); } // prettier-ignore
  @Step() last(_walk: Walk, step: StepRef) { return go(step); } // prettier-ignore
}

/** A digraph has no forks. */
@Workflow({ name: 'drawn', context: Walk })
class Drawn {
  flow: Digraph<Drawn> = { start: ['first'], first: ['left'], left: ['right'], right: ['last'] };
  @Step() first(_walk: Walk, step: StepRef) { return go(step); } // prettier-ignore
  @Step() left(_walk: Walk, step: StepRef) { return go(step); } // prettier-ignore
  @Step() right(_walk: Walk, step: StepRef) { return go(step); } // prettier-ignore
  @Step() last(_walk: Walk, step: StepRef) { return go(step); } // prettier-ignore
}

@Step() class Go { run(_walk: Walk, step: StepRef) { return go(step); } } // prettier-ignore

const asDocument: WorkflowJson = {
  name: 'document',
  context: 'Walk',
  steps: [
    { name: 'first', use: 'Go' },
    { name: 'left', use: 'Go', parallel: 'both' },
    { name: 'right', use: 'Go', parallel: 'both' },
    { name: 'last', use: 'Go' },
  ],
};

export async function runInstance({ database: { driverName, ...options }, starts, ...rest }: SpellingOptions): Promise<void> {
  const driver = driverName ? { driver: createRequire(import.meta.url)(driverName) as unknown } : {};
  hangsIn = rest.hangsIn;
  class App {}
  Module({
    imports: [
      TypeOrmModule.forRoot({ ...options, ...driver, autoLoadEntities: true, retryAttempts: 0 } as object),
      WorkflowModule.forRoot({
        schema: 'migrate',
        workflows: [asDocument],
        contexts: [Walk],
        worker: { heartbeat: '200ms', sweepInterval: '50ms' },
      }),
    ],
    providers: [Written, Built, Drawn, Go],
  })(App);
  const app = await NestFactory.createApplicationContext(App, { logger: ['error'] });
  process.on('disconnect', () => process.exit());
  for (const workflow of starts) say({ started: (await app.get(WorkflowService).start(workflow, {}, { groupId: workflow })).id, workflow });
  say({ ready: true });
}
