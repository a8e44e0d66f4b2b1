/** Where a process stands, what its steps did and what can be done: of processes that really ran. */
import 'reflect-metadata';
import { Test } from '@nestjs/testing';
import { fail, Step, type StepRef, Workflow, WorkflowService } from 'nestjs-argonaut';
import { WorkflowHarness, WorkflowTestingModule } from 'nestjs-argonaut/testing';
import { IsBoolean } from 'class-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiRight } from '../../lib/api/api-options.js';
import { Situations } from '../../lib/console/situations.js';
import { drawnGraph } from '../../lib/console/workflow-graph.js';
import { Engine } from '../../lib/engine/engine.js';
import { ALL } from '../api/support.js';

class Approval {
  @IsBoolean() approved: boolean;
}

class Trip {
  rounds = 0;
  cards = 1;
  items = ['a', 'b'];
  wants = false;
}

@Workflow({ name: 'trip', context: Trip })
class TripWorkflow {
  @Step({ compensate: 'cancelHotel' })
  hotel() {}

  cancelHotel() {}

  @Step({ parallel: 'both' })
  flight() {}

  @Step({ parallel: 'both', queue: 'cars' })
  car() {}

  @Step({ if: 'wants' })
  extra() {}

  @Step({ while: (trip: Trip) => trip.rounds < 2 })
  round({ rounds }: Trip) {
    return { rounds: rounds + 1 };
  }

  @Step({ forEach: 'items' })
  pack() {}

  @Step({ input: Approval, next: ['pay', 'stop'] })
  approve(_trip: Trip, { approved }: Approval) {
    return approved ? 'pay' : 'stop';
  }

  @Step({ retry: { attempts: 2, delay: '1 minute' } })
  pay({ cards }: Trip) {
    if (cards < 3) throw new Error('the card was declined');
    return { cards };
  }

  @Step()
  stop() {
    return fail('stopped');
  }

  @Step({ on: 'news', unsolicited: true })
  news() {}
}

class Round {
  houses = ['1', '2', '3'];
  closed = '2';
}

@Workflow({ name: 'round', context: Round })
class RoundWorkflow {
  @Step({ forEach: 'houses' })
  deliver({ closed }: Round, { item }: StepRef<unknown, string>) {
    if (item === closed) throw new Error('the house is closed');
  }
}

const everything = { rights: new Set<ApiRight>(ALL), hasTenants: false };

describe('the situation of a process', () => {
  let harness: WorkflowHarness;
  let service: WorkflowService;
  let situations: Situations;
  let close: () => Promise<void>;
  beforeAll(async () => {
    const module = await Test.createTestingModule({
      imports: [WorkflowTestingModule.forRoot({ now: '2026-01-01T00:00:00Z' })],
      providers: [TripWorkflow, RoundWorkflow],
    }).compile();
    await module.init();
    [harness, service] = [module.get(WorkflowHarness), module.get(WorkflowService)];
    situations = new Situations(service, module.get(Engine));
    close = () => module.close();
  });
  afterAll(() => close());

  const shown = async (id: string) => {
    const { steps, nodes, progress } = await situations.of(id, everything);
    return {
      progress,
      nodes,
      steps: steps.map(({ step, run, attempt, state, error }) => [step, run, attempt, state, ...(error === null ? [] : [error])].join(' ')),
    };
  };
  const actionsOf = async (id: string, allowance: Parameters<Situations['of']>[1] = everything) => {
    const { actions } = await situations.of(id, allowance);
    return Object.fromEntries(actions.map(({ action, step, why, allowed }) => [`${action}${step === null ? '' : ` ${step}`}`, allowed ? 'yes' : why]));
  };

  it('of whose items one has failed: the step has failed, although later items are done', async () => {
    const { id } = await harness.start(RoundWorkflow);
    const { steps, nodes } = await shown(id);
    expect(steps.map((each) => each.split(' ')[3])).toEqual(['done', 'failed', 'done']);
    expect(nodes).toMatchObject({ 'node:deliver': 'failed', 'node:deliver (each)': 'current' });
  });

  it.each([{ workflow: TripWorkflow, step: 'flight' }, { queue: 'cars' }])('of which %o is paused: the step says so, and what goes on beside it does not', async (place) => {
    await service.pauses.pause(place);
    const { id } = await harness.start(TripWorkflow);
    const { nodes } = await shown(id);
    const [held, done] = 'queue' in place ? ['car', 'flight'] : ['flight', 'car'];
    expect(nodes).toMatchObject({ 'node:hotel': 'done', [`node:${held}`]: 'paused', [`node:${done}`]: 'done', 'node:both (all)': 'current' });
    await service.pauses.resume(place);
    await harness.settle();
    expect((await shown(id)).nodes).toMatchObject({ [`node:${held}`]: 'done', 'node:approve': 'current' });
  }); // prettier-ignore

  it('that waits for a person: each step has its runs, and each node its state', async () => {
    const trip = await harness.start(TripWorkflow);
    expect(await shown(trip.id)).toEqual({
      progress: 'waiting',
      steps: [
        'hotel 1 1 done',
        expect.stringMatching(/^(flight|car) \d 1 done$/),
        expect.stringMatching(/^(flight|car) \d 1 done$/),
        expect.stringMatching(/^extra \d+ 1 skipped$/),
        expect.stringMatching(/^round \d+ 1 done$/),
        expect.stringMatching(/^round \d+ 1 done$/),
        expect.stringMatching(/^pack \d+ 1 done$/),
        expect.stringMatching(/^pack \d+ 1 done$/),
        expect.stringMatching(/^approve \d+ 1 waiting$/),
      ],
      nodes: {
        ...{
          start: 'done',
          'node:hotel': 'done',
          'node:flight': 'done',
          'node:car': 'done',
          'node:extra': 'skipped',
          'node:round': 'done',
          'node:pack': 'done',
        },
        ...{ 'node:approve': 'current', 'node:both (all)': 'done', 'join:both (all)': 'done', 'node:extra (if)': 'done', 'node:round (while)': 'done' },
        ...{ 'node:pack (each)': 'done', 'join:pack (each)': 'done' },
      },
    });
  });

  it('that tries again, has failed, and was mended', async () => {
    const trip = await harness.start(TripWorkflow);
    await service.provideInput(TripWorkflow, 'approve', trip.id, { approved: true });
    await service.settled(trip.id);
    const last = async () => (await shown(trip.id)).steps.slice(-2);
    expect([(await shown(trip.id)).progress, ...(await last())]).toEqual(['retrying', expect.stringMatching(/^pay \d+ 1 failed Error: the card was declined/), expect.stringMatching(/^pay \d+ 2 waiting/)]); // prettier-ignore
    await harness.advance('1 minute');
    expect([(await shown(trip.id)).progress, ...(await last())]).toEqual(['failed', expect.stringMatching(/^pay \d+ 1 failed/), expect.stringMatching(/^pay \d+ 2 failed/)]); // prettier-ignore
    expect((await shown(trip.id)).nodes['node:pay']).toBe('failed');
    expect(await actionsOf(trip.id)).toMatchObject({ 'retry pay': 'yes', 'skip pay': 'yes', provideInput: 'No step waits for an input.', resume: 'The process is not suspended.', cancelAndUndo: 'yes' }); // prettier-ignore
    await service.skip(TripWorkflow, 'pay', trip.id, { cards: 9 });
    await service.settled(trip.id);
    const { nodes, steps } = await shown(trip.id);
    expect([nodes['node:pay'], nodes['end'], steps.at(-1)]).toEqual(['skipped', 'done', expect.stringMatching(/^pay \d+ 2 skipped/)]);
  });

  it('that was cancelled and undone', async () => {
    const trip = await harness.start(TripWorkflow);
    await service.cancel(trip.id, { compensate: true });
    await service.settled(trip.id);
    const { progress, nodes, steps } = await shown(trip.id);
    expect([progress, nodes['node:hotel'], nodes['node:approve'], steps.at(-1)]).toEqual([
      'cancelled',
      'undone',
      undefined,
      expect.stringMatching(/^approve \d+ 1 cancelled/),
    ]);
    expect(await actionsOf(trip.id)).toMatchObject({ cancel: 'The process is cancelled.', suspend: 'The process is cancelled.', skip: 'The process is cancelled.', restartFrom: 'yes', erase: 'yes' }); // prettier-ignore
  });

  it('that was restarted forgets what came after the version', async () => {
    const trip = await harness.start(TripWorkflow);
    await service.restartFrom(trip.id, 1);
    await harness.advance('1 second');
    const { nodes, steps } = await shown(trip.id);
    expect(steps.filter((row) => row.startsWith('hotel'))).toHaveLength(2);
    expect([nodes['node:hotel'], nodes['node:approve']]).toEqual(['done', 'current']);
  });

  it('says of each action what right it lacks', async () => {
    const trip = await harness.start(TripWorkflow);
    const few = { rights: new Set<ApiRight>(['read', 'input']), hasTenants: true };
    expect(await actionsOf(trip.id, few)).toEqual({
      retry: 'Nothing in it has failed.',
      'skip approve': 'This needs the right "mend".',
      'provideInput approve': 'yes',
      respond: 'No step waits for a response.',
      'emit news': 'This needs the right "administer".', // it may reach processes of others
      suspend: 'This needs the right "mend".',
      resume: 'The process is not suspended.',
      restartFrom: 'This needs the right "mend".',
      cancel: 'This needs the right "mend".',
      cancelAndUndo: 'This needs the right "mend".',
      erase: 'This needs the right "administer".',
    });
    const { actions } = await situations.of(trip.id, everything);
    expect(actions.find(({ action }) => action === 'skip')).toMatchObject({ branches: ['pay', 'stop'] });
    expect(actions.find(({ action }) => action === 'provideInput')!.schema).toMatchObject({ required: ['approved'] });
  });

  it('what is possible can be done: each action that is allowed, on a process of its own', async () => {
    const { actions } = await situations.of((await harness.start(TripWorkflow)).id, everything);
    const allowed = actions.filter((each) => each.allowed);
    expect(allowed.map(({ action }) => String(action)).sort()).toEqual([
      'cancel',
      'cancelAndUndo',
      'emit',
      'erase',
      'provideInput',
      'restartFrom',
      'skip',
      'suspend',
    ]);
    for (const { action } of allowed) {
      const { id } = await service.start(TripWorkflow); // the harness looks at its own again, and one is erased
      await harness.advance('1 second');
      await DO[action]!(id);
    }
  });

  const DO: Readonly<Record<string, (id: string) => Promise<unknown>>> = {
    cancel: (id) => service.cancel(id),
    cancelAndUndo: (id) => service.cancel(id, { compensate: true }),
    emit: async (id) => expect(await service.emit('news' as never, (await service.get(id)).groupId, {} as never)).toHaveLength(1),
    erase: (id) => service.erase(id, { cancel: true }),
    provideInput: (id) => service.provideInput(TripWorkflow, 'approve', id, { approved: false }),
    restartFrom: (id) => service.restartFrom(id, 1),
    skip: (id) => service.skip(TripWorkflow, 'approve', id, {}, { next: 'pay' }),
    suspend: (id) => service.suspend(id),
  };

  it('when a step was reached is when the last of those before it ended', async () => {
    const trip = await harness.start(TripWorkflow);
    const { steps } = await situations.of(trip.id, everything);
    const at = (name: string) => steps.find(({ step }) => step === name)!;
    for (const branch of ['flight', 'car']) expect(at(branch).startedAt).toEqual(at('hotel').endedAt);
    expect(at('approve').startedAt!.getTime()).toBeGreaterThanOrEqual(at('pack').endedAt!.getTime());
  });

  it('a later attempt began when its delay was over, or when a person asked for it', async () => {
    const trip = await harness.start(TripWorkflow);
    await service.provideInput(TripWorkflow, 'approve', trip.id, { approved: true });
    await service.settled(trip.id);
    await harness.advance('1 minute');
    await harness.advance('5 minutes');
    await service.retry(trip.id);
    await service.settled(trip.id);
    const { steps } = await situations.of(trip.id, everything);
    const [first, second, third] = steps.filter(({ step }) => step === 'pay');
    const passed = (from: Date | null, to: Date | null) => to!.getTime() - from!.getTime();
    expect([passed(first!.endedAt, second!.startedAt), passed(second!.endedAt, third!.startedAt), passed(third!.startedAt, third!.endedAt)]).toEqual([60_000, 300_000, 0]); // prettier-ignore
  });
});

describe('the graph of a workflow', () => {
  it('has a node for each step and each place where branches part and meet, and no edge that leads nowhere', async () => {
    const module = await Test.createTestingModule({ imports: [WorkflowTestingModule.forRoot()], providers: [TripWorkflow] }).compile();
    await module.init();
    const { nodes, edges } = drawnGraph(module.get(Engine).parts.registry.get('trip').definition);
    await module.close();
    const ids = new Set(nodes.map(({ id }) => id));
    expect(ids.size).toBe(nodes.length);
    for (const { from, to } of edges) expect([from, to, ids.has(from) && ids.has(to)]).toEqual([from, to, true]);
    const line = ({ from, to, label }: (typeof edges)[number]) => `${from} → ${to}${label === null ? '' : ` (${label})`}`;
    expect(edges.map(line).sort()).toEqual([
      'join:both (all) → node:extra (if)',
      'join:pack (each) → node:approve',
      'node:approve → node:pay (pay)',
      'node:approve → node:stop (stop)',
      'node:both (all) → node:car',
      'node:both (all) → node:flight',
      'node:car → join:both (all)',
      'node:extra (if) → node:extra (yes)',
      'node:extra (if) → node:round (while) (no)',
      'node:extra → node:round (while)',
      'node:flight → join:both (all)',
      'node:hotel → node:both (all)',
      'node:pack (each) → node:pack',
      'node:pack → join:pack (each)',
      'node:pay → end',
      'node:round (while) → node:pack (each) (no)',
      'node:round (while) → node:round (yes)',
      'node:round → node:round (while)',
      'node:stop → end',
      'start → node:hotel',
    ]);
    expect(nodes.find(({ id }) => id === 'node:car')).toEqual({
      id: 'node:car',
      kind: 'step',
      step: 'car',
      label: 'car',
      detail: 'queue cars',
      inside: 'node:both (all)',
    });
  });
});
