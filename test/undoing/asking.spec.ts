/** A compensation that asks and waits for the answer. */
import { Test, type TestingModule } from '@nestjs/testing';
import { IsBoolean } from 'class-validator';
import { afterEach, describe, expect, it } from 'vitest';
import { again, asked, type Digraph, done, type Flow, Step, type StepRef, Workflow, type WorkflowJson, WorkflowService } from '../../lib/index.js';
import { WorkflowHarness, WorkflowTestingModule } from '../../lib/testing.js';

class Order {
  charge?: string;
  refund?: string;
}
class Charged {
  charge!: string;
}
class Refunded {
  @IsBoolean() ok!: boolean;
}

/** What the methods did, and what they return next. */
const did: string[] = [];
let asking: (step: StepRef) => any;
let answered: (step: StepRef, answer: Refunded) => any;

const compensate = { do: 'refunded', request: 'askForRefund', response: Refunded, within: '1h', retry: { attempts: 3, delay: '1m' } } as const;
const pay = { request: 'askForCharge', response: Charged } as const;

class Methods {
  askForCharge() {}
  askForRefund(_order: Order, step: StepRef) {
    did.push(`asks for the refund of ${step.undone!.message?.charge ?? 'what was asked for'} (${step.reached})`);
    return asking(step);
  }
  refunded(_order: Order, answer: Refunded, step: StepRef) {
    did.push(`refunded ${answer instanceof Refunded} ${answer.ok} ${step.name} ${step.undone!.message?.charge}`);
    return answered(step, answer);
  }
  release() { did.push('released'); } // prettier-ignore
}

@Workflow({ name: 'written', context: Order })
class Written extends Methods {
  @Step({ compensate: 'release' }) reserve() {}
  @Step({ ...pay, compensate }) charge(_order: Order, answer: Charged) { return { charge: answer.charge }; } // prettier-ignore
  @Step({ on: 'never' }) rest() {}
}

@Workflow({ name: 'drawn', context: Order })
class Drawn extends Methods {
  flow: Digraph<Drawn> = { start: ['reserve'], reserve: ['charge'], charge: ['rest'] };
  @Step({ compensate: 'release' }) reserve() {}
  @Step({ ...pay, compensate }) charge(_order: Order, answer: Charged) { return { charge: answer.charge }; } // prettier-ignore
  @Step({ on: 'never' }) rest() {}
}

@Workflow({ name: 'built', context: Order })
class Built extends Methods {
  flow(flow: Flow<Order>) {
    const { within, retry } = compensate;
    return flow.startWith(this.reserve).compensateWith(this.release).then(this.charge).compensateWith(this.refunded, { within, retry }).waitFor('never');
  }
  @Step() reserve() {}
  @Step(pay) charge(_order: Order, answer: Charged) { return { charge: answer.charge }; } // prettier-ignore
  @Step({ request: 'askForRefund', response: Refunded }) override refunded(order: Order, answer: Refunded, step: StepRef) { return super.refunded(order, answer, step); } // prettier-ignore
}

@Step({ response: Refunded })
class Refund {
  request(_order: Order, step: StepRef) { return new Methods().askForRefund(_order, step); } // prettier-ignore
  run(order: Order, step: StepRef<any, any, Refunded>) { return new Methods().refunded(order, step.message, step); } // prettier-ignore
}

@Workflow({ name: 'of classes', context: Order })
class OfClasses extends Methods {
  flow(flow: Flow<Order>) {
    const { within, retry } = compensate;
    return flow.startWith(this.reserve).compensateWith(this.release).then(this.charge).compensateWith(Refund, { within, retry }).waitFor('never');
  }
  @Step() reserve() {}
  @Step(pay) charge(_order: Order, answer: Charged) { return { charge: answer.charge }; } // prettier-ignore
}

@Step({ name: 'Charge', response: Charged, compensate: { do: 'refunded', request: 'askForRefund', response: Refunded } })
class Charge extends Methods {
  request() {}
  run(_order: Order, step: StepRef<any, any, Charged>) { return { charge: step.message.charge }; } // prettier-ignore
  override refunded(order: Order, step: any) { return super.refunded(order, step.message, step); } // prettier-ignore
}
@Step()
class Reserve {
  run() {}
  compensate() { did.push('released'); } // prettier-ignore
}
@Step()
class Rest {
  run() {}
}
const asJson: WorkflowJson = {
  name: 'document',
  steps: [
    { name: 'reserve', use: 'Reserve' },
    { name: 'charge', use: 'Charge', compensate: { within: '1h', retry: compensate.retry } },
    { name: 'rest', use: 'Rest', on: 'never' },
  ],
};

/** The name to which the answer of the compensation is addressed, in each spelling. */
const SPELLINGS = [['written', 'refunded'], ['drawn', 'refunded'], ['built', 'refunded'], ['of classes', 'Refund'], ['document', 'charge.refunded']] as const; // prettier-ignore

let module: TestingModule | undefined;
afterEach(() => module?.close());

async function charged(workflow: string) {
  [asking, answered, did.length] = [() => {}, (_step, { ok }) => ({ refund: ok ? 'done' : 'refused' }), 0];
  module = await Test.createTestingModule({
    imports: [WorkflowTestingModule.forRoot({ workflows: [asJson] })],
    providers: [Written, Drawn, Built, OfClasses, InStage, Transactional, Charge, Reserve, Rest, Refund],
  }).compile();
  module.useLogger(false);
  await module.init();
  const [harness, workflows] = [module.get(WorkflowHarness), module.get(WorkflowService)];
  const process = await harness.start(workflow, {}, { groupId: 'g' });
  await process.respond('charge', { charge: 'C-1' });
  const types = (step?: string) => process.records.filter((record) => step === undefined || record.step === step).map(({ type }) => type);
  const key = async () => (await workflows.waits(process.id, { internals: true })).items.find(({ kind }) => kind === 'response')?.key ?? null;
  const cancel = async () => {
    await workflows.cancel(process.id, { compensate: true });
    await harness.settle();
  };
  const answer = async (to: string, ok: unknown, id?: string) => {
    const disposition = await workflows.respond(workflow, to, id ?? (await key())!, { ok });
    await harness.settle();
    return disposition;
  };
  return { harness, workflows, process, types, key, cancel, answer };
}

describe.each(SPELLINGS)('%s', (workflow, to) => {
  it('asks, waits for the answer, and undoes the step with it; then the steps before it', async () => {
    const { process, workflows, cancel, answer } = await charged(workflow);
    await cancel();
    expect(did).toEqual(['asks for the refund of C-1 (completed)']);
    expect(process.status).toBe('waiting');
    const { sentence, remedies } = await workflows.explain(process.id);
    expect(sentence).toMatch(
      /is undoing what was done: step "charge" is undone next, and then step "reserve"; it has asked, and waits for the answer, at most until \S+Z\.$/,
    );
    expect(remedies).toContain(`respond('${workflow}', '${to}', <its correlation id>, …)`);
    expect(await answer(to, true)).toBe('delivered');
    expect(did.slice(1)).toEqual(['refunded true true charge C-1', 'released']);
    expect(process.context).toMatchObject({ refund: 'done' });
    expect(process.status).toBe('cancelled');
  });

  it('no answer within the time given: it asks again under the same id, and then waits for a person, whose retry asks anew', async () => {
    const { process, harness, workflows, cancel, key, answer, types } = await charged(workflow);
    await cancel();
    const first = await key();
    await harness.advance('61m');
    expect(did.length).toBe(2);
    expect(await key()).toBe(first);
    await harness.advance('1d');
    expect(did.length).toBe(3);
    expect(types().filter((type) => type === 'step-timed-out').length).toBe(3);
    expect(process.status).toBe('failed');
    expect((await workflows.get(process.id)).cause).toContain('undoing charge: nothing came within the time given');
    await workflows.retry(process.id);
    await harness.settle();
    expect(await answer(to, true)).toBe('delivered');
    expect(did.slice(3)).toEqual(['asks for the refund of C-1 (completed)', 'refunded true true charge C-1', 'released']);
    expect(process.status).toBe('cancelled');
  });

  it('an answer that does not fit is refused, and it waits on', async () => {
    const { process, cancel, answer } = await charged(workflow);
    await cancel();
    await expect(answer(to, 'perhaps')).rejects.toThrow('ok must be a boolean');
    expect(await answer(to, false)).toBe('delivered');
    expect(process.context).toMatchObject({ refund: 'refused' });
  });
});

it('what was asked for, and not answered, is undone by asking too: it is told the id under which the step had asked', async () => {
  const { process, harness, workflows, cancel } = await charged('written');
  const other = await harness.start('written', {}, { groupId: 'other' });
  const { key } = (await workflows.waits(other.id, { internals: true })).items[0]!;
  const ids: string[][] = [];
  asking = (step) => void ids.push([step.undone!.correlationId, step.correlationId, step.idempotencyKey]);
  await workflows.cancel(other.id, { compensate: true });
  await harness.settle();
  expect(did.at(-1)).toBe('asks for the refund of what was asked for (asked)');
  expect(ids[0]![0]).toBe(key);
  expect(ids[0]![1]).not.toBe(key);
  await cancel();
  expect(new Set(ids.flat()).size).toBe(6);
  expect(process.status).toBe('waiting');
});

it('the charge is answered while its refund is waited for: that is late, and ends no wait', async () => {
  const { harness, workflows } = await charged('written');
  const other = await harness.start('written', {}, { groupId: 'other' });
  const { key } = (await workflows.waits(other.id, { internals: true })).items[0]!;
  await workflows.cancel(other.id, { compensate: true });
  await harness.settle();
  expect(await workflows.respond('written', 'charge', key!, { charge: 'C-2' })).toBe('late');
  expect(other.status).toBe('waiting');
});

it('an answer that is faster than the request is stored, and found; the same one again is a duplicate, and one after the end is late', async () => {
  const { process, workflows, cancel, answer } = await charged('written');
  let id = '';
  const dispositions: string[] = [];
  asking = async (step) => {
    id = step.correlationId;
    dispositions.push(await workflows.respond('written', 'refunded', id, { ok: true }));
  };
  await cancel();
  expect(dispositions).toEqual(['stored']);
  expect(did.slice(1)).toEqual(['refunded true true charge C-1', 'released']);
  expect(await answer('refunded', true, id)).toBe('duplicate');
  expect(await answer('refunded', false, id)).toBe('late');
  expect(process.status).toBe('cancelled');
});

it('an answer to the step does not end the wait of its compensation, nor the other way round', async () => {
  const { process, workflows, cancel, key } = await charged('written');
  await cancel();
  expect(await workflows.respond('written', 'charge', (await key())!, { charge: 'C-1' })).toBe('refused');
  expect(process.status).toBe('waiting');
});

it('its method fails after the answer: it runs again with that answer', async () => {
  const { process, harness, cancel, answer } = await charged('written');
  let left = 1;
  answered = () => {
    if (left-- > 0) throw new Error('the ledger is away');
  };
  await cancel();
  await answer('refunded', true);
  expect(process.status).toBe('waiting');
  await harness.advance('1m');
  expect(did.slice(1)).toEqual(['refunded true true charge C-1', 'refunded true true charge C-1', 'released']);
  expect(process.status).toBe('cancelled');
});

it('again() waits for the next answer, and again({ after }) runs with the same one; neither is a failure', async () => {
  const { process, harness, types, cancel, answer } = await charged('written');
  const says = [again(), again({ after: '1m', state: 'asked twice' })];
  const states: unknown[] = [];
  answered = ({ state }) => {
    states.push(state);
    return says.shift();
  };
  await cancel();
  await answer('refunded', false);
  expect(process.status).toBe('waiting');
  expect(did.length).toBe(2);
  await answer('refunded', true);
  await harness.advance('1m');
  expect(did.slice(1)).toEqual(['refunded true false charge C-1', 'refunded true true charge C-1', 'refunded true true charge C-1', 'released']);
  expect(states).toEqual([undefined, undefined, 'asked twice']);
  expect(types()).not.toContain('step-failed');
  expect(process.status).toBe('cancelled');
});

it('its request may be done() with it, name an id of the partner, ask for more time, or fail', async () => {
  const says = [again({ after: '1m' }), new Error('502'), asked({ correlationId: 'theirs' })] as unknown[];
  const { process, harness, cancel, answer, key } = await charged('written');
  asking = () => {
    const said = says.shift();
    if (said instanceof Error) throw said;
    return said;
  };
  await cancel();
  await harness.advance('3m');
  expect(await key()).toBe('theirs');
  await answer('refunded', true);
  expect(process.status).toBe('cancelled');
  const second = await charged('written');
  asking = () => done({ refund: 'not needed' });
  await second.cancel();
  expect(did).toEqual(['asks for the refund of C-1 (completed)', 'released']);
  expect(second.process.context).toMatchObject({ refund: 'not needed' });
});

it.each([[() => ({ refund: 'x' }), 'the request of its compensation returned an object'], [() => 'yes', 'the request of its compensation returned a string']])(
  'its request returns something else: %s',
  async (said, problem) => {
    const { process, harness, workflows, cancel } = await charged('written');
    asking = said;
    await cancel();
    await harness.advance('1d');
    expect(process.status).toBe('failed');
    expect((await workflows.get(process.id)).cause).toContain(problem);
  },
); // prettier-ignore

it('an answer comes while the process is suspended: it is used when that is resumed', async () => {
  const { process, harness, workflows, cancel, answer } = await charged('written');
  await cancel();
  await workflows.suspend(process.id);
  expect(await answer('refunded', true)).toBe('delivered');
  expect(did.length).toBe(1);
  await workflows.resume(process.id);
  await harness.settle();
  expect(process.status).toBe('cancelled');
});

it('such a wait cannot be skipped', async () => {
  const { process, workflows, cancel } = await charged('written');
  await cancel();
  await expect(workflows.skip('written', 'refunded', process.id)).rejects.toThrow();
  expect(process.status).toBe('waiting');
});

it('a worker dies in the request, and another in the method: both run again', async () => {
  const { process, harness, cancel, answer } = await charged('written');
  harness.crashIn('refunded', 'request');
  harness.crashIn('refunded');
  await cancel();
  expect(did).toEqual(['asks for the refund of C-1 (completed)', 'asks for the refund of C-1 (completed)']);
  await answer('refunded', true);
  expect(did.slice(2)).toEqual(['refunded true true charge C-1', 'refunded true true charge C-1', 'released']);
  expect(process.status).toBe('cancelled');
});

@Workflow({ name: 'in a stage', context: Order, stages: { bank: { onError: 'compensate', required: false } } })
class InStage extends Methods {
  @Step({ compensate: 'release' }) reserve() {}
  @Step({ ...pay, compensate, stage: 'bank' }) charge(_order: Order, answer: Charged) { return { charge: answer.charge }; } // prettier-ignore
  @Step({ on: 'failing', stage: 'bank' }) fails() { throw new Error('no'); } // prettier-ignore
  @Step({ on: 'never' }) rest() {}
}

describe('in a stage that is undone', () => {
  const failing = async () => {
    const started = await charged('in a stage');
    await started.workflows.emit('failing', 'g', {});
    await started.harness.settle();
    return started;
  };

  it('the process goes on after the answer, and is explained meanwhile', async () => {
    const { process, workflows, answer } = await failing();
    expect((await workflows.explain(process.id)).sentence).toContain('is undoing what was done in "bank": step "charge" is undone next; it has asked');
    await answer('refunded', true);
    expect((await workflows.explain(process.id)).sentence).toContain('waits in step "rest"');
    expect(did).toEqual(['asks for the refund of C-1 (completed)', 'refunded true true charge C-1']);
  });

  it('an event leads elsewhere, or everything is cancelled: it asks again, under an id of its own', async () => {
    const { process, cancel, key, answer } = await failing();
    const first = (await key())!;
    await cancel();
    expect(did.length).toBe(2);
    expect(await key()).not.toBe(first);
    await answer('refunded', true, first);
    expect(process.status).toBe('waiting');
    await answer('refunded', true);
    expect(did.slice(2)).toEqual(['refunded true true charge C-1', 'released']);
    expect(process.status).toBe('cancelled');
  });
});

@Workflow({ name: 'transactional', context: Order })
class Transactional extends Methods {
  @Step({ ...pay, transactional: true, compensate }) charge(_order: Order, answer: Charged) { return { charge: answer.charge }; } // prettier-ignore
  @Step({ on: 'never' }) rest() {}
}

it('it is drawn beside the flow, and known by its name', async () => {
  const { workflows } = await charged('written');
  expect(workflows.draw('written')).toMatch(/n1\["charge<br>asks: askForCharge"\]\n {2}n1 -\.- n2\n {2}n2>"refunded<br>asks: askForRefund"\]/);
  await expect(workflows.respond('written', 'refundet', 'x', {})).rejects.toThrow('Did you mean "refunded"?');
});

describe('at boot', () => {
  const problemsOf = async (workflow: any) => {
    module = await Test.createTestingModule({ imports: [WorkflowTestingModule.forRoot()], providers: [workflow] }).compile();
    module.useLogger(false);
    return module.init().then(() => '', (error: Error) => error.message); // prettier-ignore
  };

  it('two steps share one, and two that ask differently do not', async () => {
    @Workflow({ name: 'sharing', context: Order })
    class Sharing extends Methods {
      @Step({ compensate }) one() {}
      @Step({ compensate }) two() {}
    }
    @Workflow({ name: 'not sharing', context: Order })
    class NotSharing extends Methods {
      @Step({ compensate }) one() {}
      @Step({ compensate: { do: 'refunded', request: 'askForCharge', response: Refunded } }) two() {}
    }
    expect(await problemsOf(Sharing)).toBe('');
    await module!.close();
    expect(await problemsOf(NotSharing)).toContain('two things in its flow are called "refunded"');
  });

  it('the time for the answer of a step that undoes another is a duration, as nothing reads the context then', async () => {
    const flowOf = (policy?: object) => {
      @Workflow({ name: 'undone', context: Order })
      class Undone extends Methods {
        flow(flow: Flow<Order>) {
          return flow.then(this.one).compensateWith(this.giveBack, policy);
        }
        @Step() one() {}
        @Step({ request: 'askForRefund', within: () => '1h' as const }) giveBack(_: Order, _answer: Refunded) {}
      }
      return Undone;
    };
    expect(await problemsOf(flowOf())).toContain('compensateWith: as giveBack asks there, its within');
    expect(await problemsOf(flowOf({ within: '2h' }))).toBe('');
  });

  it('what cannot be is said', async () => {
    const wrong = [
      [{ do: 'release', response: Refunded }, 'compensate has a response but no request'],
      [{ do: 'release', within: '1h' }, 'compensate has a within but no request'],
      [{ do: 'refunded', request: 'askForRefunds' }, 'compensate.request "askForRefunds" is not a method of Wrong. Did you mean "askForRefund"?'],
      [{ do: 'refunded', request: 'askForRefund', response: undefined }, ''],
      [{ do: 'refunded', request: 'askForRefund', response: 7 }, 'its response is neither a class nor a Standard Schema'],
      [{ do: 'refunded', request: 'askForRefund', within: 'soon' }, 'compensate: within'],
    ] as const;
    for (const [options, problem] of wrong) {
      @Workflow({ name: 'wrong', context: Order })
      class Wrong extends Methods {
        @Step({ compensate: options as never }) one() {}
      }
      const said = await problemsOf(Wrong);
      if (problem === '') expect(said).toBe('');
      else expect(said).toContain(problem);
      await module?.close();
      module = undefined;
    }
  });
});
