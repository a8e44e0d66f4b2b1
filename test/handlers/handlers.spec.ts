import 'reflect-metadata';
import { Injectable } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { HandlesEvent, HandlesInput, HandlesResponse, StartsProcess, Step, type StepRef, Workflow, WorkflowService } from 'nestjs-argonaut';
import { from, of } from 'rxjs';
import { beforeEach, describe, expect, it } from 'vitest';
import { HANDLER_METADATA } from '../../lib/decorators/handler-metadata.js';

class Order {
  ref!: string;
  approvedBy?: string;
}
class ApproveDto {
  by!: string;
}
interface Letter {
  readonly ref: string;
  readonly by?: string;
}

@Step({ name: 'approve' })
class ApproveStep {
  run(_order: Order, _step: StepRef<unknown, unknown, { by: string }>) {}
}
@Step()
class Counted {
  run(_order: Order, _step: StepRef<unknown, unknown, { by: string }>) {}
}

@Workflow({ name: 'order', context: Order })
class OrderWorkflow {
  @Step({ input: ApproveDto }) approved(_order: Order, _input: ApproveDto) {}
  @Step({ request: 'ask' }) answered(_order: Order, _answer: { by: string }) {}
  ask() {}
}

const refOf = ({ ref }: Letter) => ref;
const idOf = ({ ref }: Letter) => `id-${ref}`;
const byOf = ({ by }: Letter) => (by === undefined ? undefined : { by });

@Injectable()
class Doors {
  @HandlesResponse(() => OrderWorkflow, 'answered', refOf, { messageId: idOf })
  response(letter: Letter) {
    return byOf(letter);
  }
  @HandlesInput(OrderWorkflow, 'approved', refOf, { messageId: idOf })
  input(letter: Letter) {
    return byOf(letter);
  }
  @HandlesInput('order-json', ApproveStep, refOf)
  async inputOfClass(letter: Letter) {
    return Promise.resolve(byOf(letter));
  }
  @HandlesResponse('order-json', Counted, refOf)
  responseOfClass(letter: Letter) {
    return byOf(letter);
  }
  @HandlesEvent('approved', refOf, { messageId: idOf })
  event(letter: Letter) {
    return byOf(letter);
  }
  @HandlesEvent('approved', ({ ref }: Letter) => [ref, 'all'])
  eventOfMany(letter: Letter) {
    return from([{ by: 'nobody' }, { by: letter.by }]);
  }
  @StartsProcess(() => OrderWorkflow, refOf)
  start({ ref, by }: Letter) {
    return by === undefined ? undefined : { ref };
  }
  @StartsProcess('order-json', refOf)
  startByName(letter: Letter) {
    return of(letter);
  }
}

type Told = readonly [method: string, ...args: unknown[]];

/** Keeps what it was told; its answers name the method, so that they are told apart. */
function listener(told: Told[]): object {
  const hear = (method: string) => async (...args: unknown[]) => (told.push([method, ...args]), Promise.resolve(`said by ${method}`)); // prettier-ignore
  return { respond: hear('respond'), provideInput: hear('provideInput'), emit: hear('emit'), start: hear('start') };
}

describe('a door', () => {
  let told: Told[];
  let doors: Doors;
  beforeEach(async () => {
    told = [];
    const module = await Test.createTestingModule({ providers: [Doors, { provide: WorkflowService, useValue: listener(told) }] }).compile();
    doors = module.get(Doors);
  });

  const letter: Letter = { ref: 'A-1', by: 'ada' };
  it.each<[keyof Doors, ...Told]>([
    ['response', 'respond', OrderWorkflow, 'answered', 'A-1', { by: 'ada' }, { messageId: 'id-A-1', sender: 'Doors.response' }],
    ['responseOfClass', 'respond', 'order-json', 'Counted', 'A-1', { by: 'ada' }, {}],
    ['input', 'provideInput', OrderWorkflow, 'approved', { groupId: 'A-1' }, { by: 'ada' }, { messageId: 'id-A-1', sender: 'Doors.input' }],
    ['inputOfClass', 'provideInput', 'order-json', 'approve', { groupId: 'A-1' }, { by: 'ada' }, {}],
    ['event', 'emit', 'approved', 'A-1', { by: 'ada' }, { messageId: 'id-A-1', sender: 'Doors.event' }],
    ['eventOfMany', 'emit', 'approved', ['A-1', 'all'], { by: 'ada' }, {}],
    ['start', 'start', OrderWorkflow, { ref: 'A-1' }, { groupId: 'A-1', ifLive: 'return' }],
    ['startByName', 'start', 'order-json', letter, { groupId: 'A-1', ifLive: 'return' }],
  ])('tells what %s returns, by %s, and hands back what it is told', async (door, ...call) => {
    expect(await (doors[door] as (letter: Letter) => unknown)(letter)).toBe(`said by ${call[0]}`);
    expect(told).toEqual([call]);
  });

  it.each(['response', 'input', 'inputOfClass', 'event', 'start'] as const)('tells nothing when %s returns nothing', async (door) => {
    expect(await doors[door]({ ref: 'A-1' })).toBeUndefined();
    expect(told).toEqual([]);
  });

  it.each([
    ['response', HANDLER_METADATA['@HandlesResponse'], { step: 'answered' }],
    ['input', HANDLER_METADATA['@HandlesInput'], { workflow: OrderWorkflow, step: 'approved' }],
    ['inputOfClass', HANDLER_METADATA['@HandlesInput'], { workflow: 'order-json', step: 'approve' }],
    ['event', HANDLER_METADATA['@HandlesEvent'], { event: 'approved' }],
    ['startByName', HANDLER_METADATA['@StartsProcess'], { workflow: 'order-json' }],
  ] as const)('writes down for boot what %s says', (door, key, says) => {
    expect(Reflect.getMetadata(key, Doors.prototype[door])).toMatchObject(says);
  });

  it('is the only one on its method', () => {
    const both = () => {
      class Both {
        @HandlesEvent('approved', refOf)
        @HandlesInput(OrderWorkflow, 'approved', refOf)
        letter(_letter: Letter) {
          return { by: 'ada' };
        }
      }
      return Both;
    };
    expect(both).toThrow('Both.letter: @HandlesInput and @HandlesEvent. A method handles messages of one kind: write a second method.');
  });
});
