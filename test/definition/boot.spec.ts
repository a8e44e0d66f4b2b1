import 'reflect-metadata';
import { Controller, Injectable, Module, Scope, type Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { Exclude } from 'class-transformer';
import { IsString } from 'class-validator';
import { describe, expect, it, vi } from 'vitest';
import { type Flow, HandlesInput, HandlesResponse, InvalidWorkflowError, Step, Workflow, WorkflowModule, WorkflowService } from 'nestjs-argonaut';
import { memoryProcessStore, memoryTaskQueue, WorkflowTestingModule } from 'nestjs-argonaut/testing';
import { bootLogger } from '../../lib/workflows/explorer.js';

/** Options no compiler would let through, as they come from JavaScript or a cast. */
const any = (options: unknown): never => options as never;

/** What boot says of an application with these providers. */
async function boot(providers: Type[], imports: object[] = [WorkflowTestingModule.forRoot()], controllers: Type[] = []): Promise<InvalidWorkflowError | null> {
  const module = await Test.createTestingModule({ imports: imports as never[], providers, controllers }).compile();
  const error = await module.init().then(
    () => null,
    (thrown: unknown) => thrown,
  );
  await module.close().catch(() => {});
  if (error !== null) expect(error).toBeInstanceOf(InvalidWorkflowError);
  return error as InvalidWorkflowError | null;
}
const problemsAt = async (...given: Parameters<typeof boot>) => (await boot(...given))?.problems ?? [];

@Workflow({ name: 'good' })
class GoodWorkflow {
  @Step({ request: 'ask' }) answer(_context: object, _reply: { ok: boolean }) {}
  ask() {}
  @Step({ queue: 'a' }) print() {}
}

describe('all problems at once', () => {
  @Workflow({ name: 'one' })
  class OneWorkflow {
    @Step(any({ nxt: 'two' })) one() {}
    @Step(any({ request: 'aks' })) two() {}
    ask() {}
  }
  @Workflow({ name: 'two' })
  class TwoWorkflow {
    @Step(any({ retry: 0 })) one() {}
  }
  @Injectable()
  class OrphanService {
    @Step() lonely() {}
    @Step() lonelier() {}
  }
  @Workflow({ name: 'ONE' })
  class TwinWorkflow {
    @Step() one() {}
  }

  it('of every workflow, in one error that stops the boot', async () => {
    const error = (await boot([OneWorkflow, TwoWorkflow, OrphanService, TwinWorkflow, GoodWorkflow]))!;
    expect(error.problems).toEqual([
      "OrphanService: it has @Step() on lonely, lonelier, but no @Workflow({ name: '...' }) on the class.",
      'OneWorkflow.one: there is no option "nxt". Did you mean "next"?',
      'OneWorkflow.two: request "aks" is not a method of OneWorkflow. Did you mean "ask"?',
      'TwoWorkflow.one: retry counts the tries in all: a whole number from 1, not 0.',
      'TwinWorkflow: OneWorkflow is workflow "ONE" version 1 already. Give one of them another name or version.',
    ]);
    expect(error.message).toMatch(/^There are 5 problems in this application:\n {2}- OrphanService/);
    expect(error.workflow).toBe('this application');
  });

  it('of one workflow, named', async () => {
    expect((await boot([TwoWorkflow]))!.message).toBe(
      'There is a problem in TwoWorkflow:\n  - TwoWorkflow.one: retry counts the tries in all: a whole number from 1, not 0.',
    );
  });

  it('of one workflow, named, beside others that are fine', async () => {
    expect((await boot([GoodWorkflow, TwoWorkflow]))!.message).toMatch(/^There is a problem in TwoWorkflow:\n/);
  });

  it('of the options and of a class that is no workflow, without blaming the only workflow', async () => {
    const first = async (providers: Parameters<typeof boot>[0], options: object = {}) =>
      (await boot(providers, [WorkflowModule.forRoot({ store: memoryProcessStore(), taskQueue: memoryTaskQueue(), ...options })]))!.message.split('\n')[0];
    expect(await first([GoodWorkflow], { keepUnmatched: 'soon' })).toBe('There is a problem in the options of WorkflowModule:');
    expect(await first([GoodWorkflow, OrphanService])).toBe('There is a problem in this application:');
    expect(await first([TwoWorkflow], { keepUnmatched: 'soon' })).toBe('There are 2 problems in this application:');
  });

  it('and none of a good application', async () => {
    expect(await boot([GoodWorkflow])).toBeNull();
    expect(await boot([])).toBeNull();
  });
});

describe('what only the application shows', () => {
  it('a workflow that is request-scoped, itself or by what it injects', async () => {
    @Injectable({ scope: Scope.REQUEST })
    class CurrentUser {}
    @Workflow({ name: 'scoped' })
    class ScopedWorkflow {
      constructor(readonly user: CurrentUser) {}
      @Step() one() {}
    }
    Reflect.defineMetadata('design:paramtypes', [CurrentUser], ScopedWorkflow);
    const sentence =
      'ScopedWorkflow: it is request-scoped, or something it injects is. A workflow runs outside any request: make it a singleton, and resolve what belongs to a request inside the step with ModuleRef.';
    expect(await problemsAt([CurrentUser, ScopedWorkflow])).toEqual([sentence]);
  });

  it('a class that inherits from a workflow without being one', async () => {
    class HeirWorkflow extends GoodWorkflow {}
    expect(await problemsAt([GoodWorkflow, HeirWorkflow])).toEqual([
      "HeirWorkflow: it inherits from a workflow without being one. Put @Workflow({ name: '...' }) on it.",
    ]);
  });

  it('a context that cannot be made', async () => {
    class Demanding {
      @IsString() name: string;
      constructor(given: { name: string }) {
        this.name = given.name.trim();
      }
    }
    @Workflow({ name: 'demanding', context: Demanding })
    class DemandingWorkflow {
      @Step() one() {}
    }
    const problems = await problemsAt([DemandingWorkflow]);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(
      /^DemandingWorkflow: its context class Demanding cannot be made without arguments \(.+\)\. A context is data: give its fields defaults instead of a constructor\.$/,
    );
  });

  it('a context, a message and a listed context that would not come back whole', async () => {
    class User {
      @Exclude() password = '';
    }
    class Reply {
      result = '';
      constructor(given: { result: string }) {
        this.result = given.result;
      }
    }
    class Listed extends User {}
    @Workflow({ name: 'user', context: User })
    class UserWorkflow {
      ask() {}
      @Step({ request: 'ask', response: Reply }) identity(_user: User, _reply: Reply) {}
    }
    const imports = [WorkflowModule.forRoot({ store: memoryProcessStore(), taskQueue: memoryTaskQueue({ queues: ['a'] }), contexts: [Listed] })];
    expect(await problemsAt([UserWorkflow], imports)).toEqual([
      expect.stringMatching(/^WorkflowModule: its context class Listed: Listed\.password has @Exclude\(\)/),
      expect.stringMatching(/^UserWorkflow: its context class User: User\.password has @Exclude\(\), which would lose it between steps\./),
      expect.stringMatching(/^UserWorkflow\.identity: its message class Reply cannot be made without arguments \(.+\)\. A message is data:/),
    ]);
  });

  it('a context that cannot be made, and a key of it', async () => {
    class Demanding {
      ready: boolean;
      constructor(given: { name: string }) {
        this.ready = given.name.trim() !== '';
      }
    }
    @Workflow({ name: 'demanding', context: Demanding, completeWhen: 'ready' })
    class DemandingWorkflow {
      @Step() one() {}
    }
    expect((await problemsAt([DemandingWorkflow]))[0]).toMatch(/cannot be made without arguments/);
  });

  it('a queue the task queue has not', async () => {
    const imports = [WorkflowModule.forRoot({ store: memoryProcessStore(), taskQueue: memoryTaskQueue({ queues: ['aa'] }) })];
    expect(await problemsAt([GoodWorkflow], imports)).toEqual(['GoodWorkflow.print: queue "a" is not in the queues of the task queue: aa. Did you mean "aa"?']);
    expect(await boot([GoodWorkflow], [WorkflowModule.forRoot({ store: memoryProcessStore(), taskQueue: memoryTaskQueue({ queues: ['a'] }) })])).toBeNull();
  });

  it('options of the module there are not, beside the problems of the workflows', async () => {
    @Workflow({ name: 'wrong' })
    class WrongWorkflow {
      @Step(any({ nxt: 'x' })) one() {}
    }
    const options = any({
      store: memoryProcessStore(),
      taskQueue: memoryTaskQueue(),
      worker: { heartbaet: '1s', concurrency: 0 },
      shcema: 'off',
      keepUnmatched: 'long',
    });
    expect(await problemsAt([WrongWorkflow], [WorkflowModule.forRoot(options)])).toEqual([
      'WorkflowModule: there is no option "shcema". Did you mean "schema"?',
      'WorkflowModule: there is no option "worker.heartbaet". Did you mean "heartbeat"?',
      'WorkflowModule: worker.concurrency 0 is not a whole number from 1.',
      "WorkflowModule: keepUnmatched \"long\" is not a duration. Say for instance '30s', '2 days', or a number of milliseconds.",
      'WrongWorkflow.one: there is no option "nxt". Did you mean "next"?',
    ]);
  });

  it('defaults of the module that are wrong, once', async () => {
    const ports = () => ({ store: memoryProcessStore(), taskQueue: memoryTaskQueue() });
    const booted = (defaults: unknown) => problemsAt([GoodWorkflow], [WorkflowModule.forRoot({ ...ports(), defaults: any(defaults) })]);
    expect(await booted({ retry: { attempts: 0, dely: 1 }, timeout: '1 moon', onError: 'boo', rety: 4 })).toEqual([
      'WorkflowModule: defaults: there is no option "rety". Did you mean "retry"?',
      'WorkflowModule: defaults: there is no option "dely". Did you mean "delay"?',
      'WorkflowModule: defaults: retry counts the tries in all: a whole number from 1, not 0.',
      "WorkflowModule: defaults: timeout \"1 moon\" is not a duration. Say for instance '30s', '2 days', or a number of milliseconds.",
      'WorkflowModule: defaults: onError is one of fail, suspend, cancel, compensate, or { next: \'...\' }, not "boo".',
    ]);
    expect(await booted('often')).toEqual(['WorkflowModule: defaults: they are an object, not "often".']);
    expect(await booted(null)).toEqual(['WorkflowModule: defaults: they are an object, not null.']);
    expect(await booted({ retry: null })).toEqual(['WorkflowModule: defaults: retry counts the tries in all: a whole number from 1, not null.']);
    expect(await booted({ onError: { next: 5 } })).toContain('WorkflowModule: defaults: onError goes on at "5", which is not a step of the flow.');
    expect(await booted({ retry: 2, timeout: '1m', onError: { next: 'print' } })).toEqual([]);
  });

  it('is warned of where a context has no rules', async () => {
    class Loose {
      total = 0;
    }
    @Workflow({ name: 'loose', context: Loose })
    class LooseWorkflow {
      @Step() one() {}
    }
    const warn = vi.spyOn(bootLogger, 'warn').mockImplementation(() => {});
    expect(await boot([LooseWorkflow, GoodWorkflow])).toBeNull();
    expect(warn.mock.calls.map(String)).toEqual([expect.stringMatching(/^LooseWorkflow: its context class has no class-validator decorators/)]);
    warn.mockRestore();
  });
});

describe('a door', () => {
  const idOf = (message: { id: string }) => message.id;
  const doorTo = (workflow: unknown, step: string) => {
    @Injectable()
    class Consumer {
      @HandlesResponse(any(workflow), any(step), idOf) take(_message: { id: string }): never {
        return { ok: true } as never;
      }
    }
    return Consumer;
  };

  it.each([
    [
      'to a step that is not there',
      GoodWorkflow,
      'anwser',
      'Consumer.take (@HandlesResponse): "anwser" is no step of GoodWorkflow that has a request. Did you mean "answer"?',
    ],
    ['to a step that asks nothing', GoodWorkflow, 'print', 'Consumer.take (@HandlesResponse): "print" is no step of GoodWorkflow that has a request.'],
    [
      'to a workflow by a wrong name',
      'goood',
      'answer',
      'Consumer.take (@HandlesResponse): goood is no workflow of this application. Did you mean "good"? Is it in the providers of a module that is imported?',
    ],
    [
      'that imports in a circle made undefined',
      undefined,
      'answer',
      'Consumer.take (@HandlesResponse): its workflow is undefined, probably as imports go in a circle. Say () => TheWorkflow.',
    ],
  ])('%s', async (_fault, workflow, step, sentence) => {
    expect(await problemsAt([GoodWorkflow, doorTo(workflow, step)])).toEqual([sentence]);
  });

  it('to a workflow that is in no module', async () => {
    @Workflow({ name: 'elsewhere' })
    class ElsewhereWorkflow {
      @Step({ request: 'ask' }) answer() {}
      ask() {}
    }
    expect(await problemsAt([GoodWorkflow, doorTo(ElsewhereWorkflow, 'answer')])).toEqual([
      'Consumer.take (@HandlesResponse): ElsewhereWorkflow is no workflow of this application. Is it in the providers of a module that is imported?',
    ]);
  });

  it.each([
    ['a class', GoodWorkflow],
    ['a function that gives it', () => GoodWorkflow],
    ['its name', 'good'],
  ])('names its workflow by %s', async (_how, workflow) => {
    expect(await boot([GoodWorkflow, doorTo(workflow, 'answer')])).toBeNull();
  });

  it('in a controller is checked too', async () => {
    @Controller()
    class Hooks {
      @HandlesResponse(any(GoodWorkflow), any('nothing'), idOf) take(_message: { id: string }): never {
        return {} as never;
      }
    }
    expect(await problemsAt([GoodWorkflow], [WorkflowTestingModule.forRoot()], [Hooks])).toHaveLength(1);
  });
});

describe('good definitions', () => {
  it('two versions side by side', async () => {
    @Workflow({ name: 'order' })
    class OrderV1 {
      @Step() pay() {}
    }
    @Workflow({ name: 'order', version: 2 })
    class OrderV2 {
      @Step() check() {}
      @Step() pay() {}
    }
    const module = await Test.createTestingModule({ imports: [WorkflowTestingModule.forRoot()], providers: [OrderV1, OrderV2] }).compile();
    await module.init();
    const workflows = module.get(WorkflowService);
    expect((await workflows.start(OrderV1)).workflowVersion).toBe(1);
    expect((await workflows.start('order')).workflowVersion).toBe(2);
    expect((await workflows.start('order', {}, { version: 1 })).workflowVersion).toBe(1);
    await module.close();
  });

  it('a workflow of an imported module', async () => {
    @Module({ providers: [GoodWorkflow] })
    class OrdersModule {}
    const module = await Test.createTestingModule({ imports: [WorkflowTestingModule.forRoot(), OrdersModule] }).compile();
    await module.init();
    expect(module.get(WorkflowService).draw(GoodWorkflow)).toContain('answer');
    await module.close();
  });

  it('the same class twice is one workflow', async () => {
    @Module({ providers: [GoodWorkflow] })
    class OrdersModule {}
    expect(await boot([GoodWorkflow], [WorkflowTestingModule.forRoot(), OrdersModule])).toBeNull();
  });
});

describe('step classes and documents', () => {
  @Step({ input: class Wanted { by = ''; } }) // prettier-ignore
  class Approve {
    run() {}
  }
  @Step()
  class Ship {
    run() {}
  }
  class Order {
    @IsString() city = '';
    known = false;
  }
  const ordering = { name: 'order', context: 'Order', steps: [{ name: 'Approve' }, { name: 'last', use: 'Ship', if: 'known' }] };
  const withDocuments = (workflows: object[], contexts = [Order]) => [WorkflowTestingModule.forRoot({ workflows, contexts } as never)];

  it('are found, and make workflows that run', async () => {
    const module = await Test.createTestingModule({ imports: withDocuments([ordering]), providers: [Approve, Ship] }).compile();
    await module.init();
    expect(module.get(WorkflowService).draw('order')).toContain('last (if)');
    await module.close();
  });

  it('are told of with their place', async () => {
    expect(await problemsAt([Approve], withDocuments([ordering, { steps: [] }, { name: 'x', steps: [{ name: 'Approve', nxt: 'y' }] }]))).toEqual([
      'workflow "order": steps[1] (last): there is no step class "Ship". Put @Step() on it, and add it to the providers of a module.',
      'workflows[1]: must have "name"',
      'workflows[1]: steps must NOT have fewer than 1 items',
      'workflow "x": steps[0] has no "nxt". Did you mean "next"?',
    ]);
  });

  it('two of one name are told apart by none', async () => {
    @Step({ name: 'Ship' })
    class Other {
      run() {}
    }
    expect(await problemsAt([Approve, Ship, Other], withDocuments([ordering]))).toEqual([
      'workflow "order": steps[1] (last): two step classes are called "Ship". Say @Step({ name: \'...\' }) on one of them.',
    ]);
  });

  it('a step class that is request-scoped, or has no run', async () => {
    @Injectable({ scope: Scope.REQUEST })
    class CurrentUser {}
    @Step()
    class Scoped {
      constructor(readonly user: CurrentUser) {}
      run() {}
    }
    Reflect.defineMetadata('design:paramtypes', [CurrentUser], Scoped);
    class Idle {}
    Step()(Idle as never);
    expect(await problemsAt([CurrentUser, Scoped, Idle])).toEqual([
      'Scoped: it is request-scoped, or something it injects is. A step runs outside any request: make it a singleton, and resolve what belongs to a request inside the step with ModuleRef.',
      'Idle: it has @Step() on the class, but no method run(context, step).',
    ]);
  });

  it('a flow that names a class no module provides', async () => {
    @Workflow({ name: 'flowing' })
    class FlowingWorkflow {
      flow(flow: Flow<object>) {
        return flow.then(Ship);
      }
    }
    expect(await problemsAt([FlowingWorkflow])).toEqual([
      'FlowingWorkflow: its flow names Ship, which is not a provider: add it to the providers of a module, with @Step() on the class.',
    ]);
    expect(await boot([FlowingWorkflow, Ship])).toBeNull();
  });

  it('a child that is no workflow of the application', async () => {
    @Workflow({ name: 'parent' })
    class ParentWorkflow {
      @Step({ child: 'ordr' }) one() {}
      @Step({ child: GoodWorkflow }) two() {}
    }
    expect(await problemsAt([ParentWorkflow, GoodWorkflow, Approve, Ship], withDocuments([ordering]))).toEqual([
      'ParentWorkflow.one: child "ordr" is no workflow of this application. Did you mean "order"?',
    ]);
  });

  it('a door to an input, by the name of its step or of its class', async () => {
    const idOf = (message: { id: string }) => message.id;
    const doorTo = (step: unknown) => {
      @Injectable()
      class Consumer {
        @HandlesInput(any('order'), any(step), idOf) take(_message: { id: string }): never {
          return {} as never;
        }
      }
      return Consumer;
    };
    const second = { ...ordering, steps: [{ name: 'approval', use: 'Approve' }] };
    expect(await problemsAt([Approve, Ship, doorTo('last')], withDocuments([ordering]))).toEqual([
      'Consumer.take (@HandlesInput): "last" is no step of order that has an input.',
    ]);
    expect(await boot([Approve, doorTo(Approve)], withDocuments([second]))).toBeNull();
    expect(await boot([Approve, doorTo('approval')], withDocuments([second]))).toBeNull();
  });

  it('contexts that are no classes', async () => {
    expect(await problemsAt([], withDocuments([], [{} as never]))).toEqual(['WorkflowModule: contexts[0] is not a class.']);
  });
});
