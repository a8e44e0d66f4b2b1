import 'reflect-metadata';
import { Test } from '@nestjs/testing';
import { IsDate, IsOptional, IsString } from 'class-validator';
import { afterEach, expect, it } from 'vitest';
import { go, Step, Workflow, type Class } from 'nestjs-argonaut';
import { WorkflowHarness, WorkflowTestingModule } from 'nestjs-argonaut/testing';

const closing: (() => Promise<void>)[] = [];
afterEach(() => Promise.all(closing.splice(0).map((close) => close())));

async function harnessOf(...providers: Class[]): Promise<WorkflowHarness> {
  const module = await Test.createTestingModule({ imports: [WorkflowTestingModule.forRoot({ now: '2026-01-01T00:00:00Z' })], providers }).compile();
  await module.init();
  closing.push(() => module.close());
  return module.get(WorkflowHarness);
}

class Parcel {
  @IsString() city = 'Ulm';
  stops: string[] = ['Bonn'];
  @IsOptional() @IsDate() at?: Date;
}

it('what a body does to the context it is given changes nothing that is stored', async () => {
  const seen: Parcel[] = [];
  @Workflow({ name: 'mutating', context: Parcel })
  class MutatingWorkflow {
    @Step() spoil(parcel: Parcel) {
      parcel.city = 'Rom';
      parcel.stops.push('Rom');
      parcel.at?.setTime(0);
      Object.assign(parcel, { more: 1 });
    }
    @Step() look(parcel: Parcel) {
      seen.push(parcel);
      return { stops: (stops: string[]) => [...stops, 'Köln'] };
    }
    @Step({ when: (parcel: Parcel) => parcel.stops.push('Rom') > 0 }) last(parcel: Parcel) {
      seen.push(parcel);
    }
  }
  const harness = await harnessOf(MutatingWorkflow);
  const process = await harness.start(MutatingWorkflow, { at: new Date(5) });
  expect(process.status).toBe('completed');
  expect(seen).toEqual([{ city: 'Ulm', stops: ['Bonn'], at: new Date(5) }, { city: 'Ulm', stops: ['Bonn', 'Köln'], at: new Date(5) }]); // prettier-ignore
  expect(process.context).toEqual(seen[1]);
  expect(seen[0]).toBeInstanceOf(Parcel);
});

it('a patch that cannot be stored is a failed attempt, and changes nothing', async () => {
  @Workflow({ name: 'unstorable', context: Parcel })
  class UnstorableWorkflow {
    @Step() send(_parcel: Parcel) {
      return { city: 'Rom', stops: [(() => 'Rom') as unknown as string] };
    }
  }
  const harness = await harnessOf(UnstorableWorkflow);
  const process = await harness.start(UnstorableWorkflow);
  expect(process.status).toBe('failed');
  expect(process.context.city).toBe('Ulm');
  expect(process.records.find(({ type }) => type === 'step-failed')!.error).toContain('stops[0] cannot be stored: it is a function.');
});

it('a branch there is not fails for good, with the names there are', async () => {
  @Workflow({ name: 'astray' })
  class AstrayWorkflow {
    @Step({ next: ['a', 'b'], retry: 3 }) decide() {
      return go('z' as 'a', { x: 1 });
    }
    @Step() a() {}
    @Step() b() {}
  }
  const harness = await harnessOf(AstrayWorkflow);
  const process = await harness.start(AstrayWorkflow);
  expect(process.records.filter(({ type }) => type === 'step-failed').map(({ error }) => error)).toEqual([
    'WrongResult: it returned "z", which is not one of its next: a, b',
  ]);
});
