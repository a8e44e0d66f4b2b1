/** Digraphs whose steps do what the test of a group id says, and write down that they ran. */
import { Injectable } from '@nestjs/common';
import { Type } from 'class-transformer';
import { IsDate, IsEmail, IsIn, IsInt, IsOptional, IsString, Min, ValidateNested } from 'class-validator';
import { type Digraph, Step, type StepRef, Workflow } from 'nestjs-argonaut';

type Behaviour = (data: any, step: StepRef, input?: any) => unknown;

/** One run of a body. */
export interface Call {
  readonly step: string;
  readonly groupId: string;
  readonly attempt: number;
  readonly data: Data;
  readonly previous: unknown;
  readonly input: unknown;
}

/** What ran, and what the steps of a group id are to do. */
@Injectable()
export class Script {
  private readonly calls: Call[] = [];
  private readonly behaviours = new Map<string, Behaviour>();

  tell(groupId: string, step: string, behaviour: Behaviour): void {
    this.behaviours.set(`${groupId} ${step}`, behaviour);
  }

  /** Left out: a step writes its name into the trace. */
  run(data: Data, step: StepRef, input?: unknown): any {
    const { name, groupId, attempt, previous } = step;
    this.calls.push({ step: name, groupId, attempt, data: structuredClone(data), previous, input });
    const behaviour = this.behaviours.get(`${groupId} ${name}`);
    return behaviour ? behaviour(data, step, input) : traced(data, name);
  }

  /** The steps that ran for a group id, in order. */
  of(groupId: string): string[] {
    return this.callsOf(groupId).map(({ step }) => step);
  }

  last(groupId: string, step: string): Call {
    return this.callsOf(groupId).findLast((call) => call.step === step)!;
  }

  private callsOf(groupId: string): Call[] {
    return this.calls.filter((call) => call.groupId === groupId);
  }
}

export class Data {
  trace: string[] = [];
  rounds = 0;
  path?: string;
  extra?: unknown;
}

export function traced(data: Data, name: string): { trace: string[] } {
  return { trace: [...data.trace, name] };
}

/* --------------------------------------------------------------------- what is given ---- */

export class Place {
  @IsString() street!: string;
  @IsInt() @Min(1) number!: number;
}

export class Address extends Place {
  @IsEmail() email!: string;
  @IsDate() @Type(() => Date) since!: Date;
  @ValidateNested() @Type(() => Place) home!: Place;
  @ValidateNested({ each: true }) @Type(() => Place) former!: Place[];
  @IsOptional() @IsString() note?: string;
}

export class FileDto {
  @IsString() path!: string;
}

export class Choice {
  @IsIn(['yes', 'no']) answer!: string;
}

/** There is nothing in it to ask for. */
export class Nothing {}

interface Amount {
  readonly amount: number;
}

/** A Standard Schema as anybody may write one: it takes a text too, and makes a number of it. */
export const amountSchema = {
  '~standard': {
    version: 1,
    vendor: 'by hand',
    types: undefined as { readonly input: unknown; readonly output: Amount } | undefined,
    validate: (value: unknown) => {
      const amount = Number((value as Partial<Amount> | null)?.amount ?? Number.NaN);
      return amount > 0 ? { value: { amount } } : { issues: [{ message: 'must be more than nothing', path: ['amount'] }] };
    },
    jsonSchema: { input: () => ({ type: 'object', properties: { amount: { type: 'number', exclusiveMinimum: 0 } }, required: ['amount'] }) },
  },
} as const;

/* ------------------------------------------------------------------------ the digraphs ---- */

@Workflow({ name: 'empty' })
export class Empty {
  flow: Digraph<Empty> = { start: ['end'] };
}

@Workflow({ name: 'line', context: Data })
export class Line {
  flow: Digraph<Line> = { start: ['a'], a: ['b'], b: ['c'] };
  constructor(private readonly script: Script) {}
  @Step() a(data: Data, step: StepRef): any { return this.script.run(data, step); } // prettier-ignore
  @Step({ retry: 3 }) b(data: Data, step: StepRef): any { return this.script.run(data, step); } // prettier-ignore
  @Step() c(data: Data, step: StepRef): any { return this.script.run(data, step); } // prettier-ignore
}

/** The graph of django-wfe's README: a decision, two branches, and a step where they meet. */
@Workflow({ name: 'joining', context: Data })
export class Joining {
  flow: Digraph<Joining> = { start: ['first'], first: ['decide'], decide: ['left', 'right'], left: ['last'], right: ['last'] };
  constructor(private readonly script: Script) {}
  @Step() first(data: Data, step: StepRef): any { return this.script.run(data, step); } // prettier-ignore
  @Step({ retry: 3 }) decide(data: Data, step: StepRef): any { return this.script.run(data, step); } // prettier-ignore
  @Step() left(data: Data, step: StepRef): any { return this.script.run(data, step); } // prettier-ignore
  @Step() right(data: Data, step: StepRef): any { return this.script.run(data, step); } // prettier-ignore
  @Step() last(data: Data, step: StepRef): any { return this.script.run(data, step); } // prettier-ignore
}

/** Two decisions in a row, the second with three edges, one of which ends. */
@Workflow({ name: 'deciding', context: Data })
export class Deciding {
  flow: Digraph<Deciding> = { start: ['before'], before: ['one'], one: ['two', 'after'], two: ['after', 'aside', 'end'] };
  constructor(private readonly script: Script) {}
  @Step() before(data: Data, step: StepRef): any { return this.script.run(data, step); } // prettier-ignore
  @Step() one(data: Data, step: StepRef): any { return this.script.run(data, step); } // prettier-ignore
  @Step() two(data: Data, step: StepRef): any { return this.script.run(data, step); } // prettier-ignore
  @Step() after(data: Data, step: StepRef): any { return this.script.run(data, step); } // prettier-ignore
  @Step() aside(data: Data, step: StepRef): any { return this.script.run(data, step); } // prettier-ignore
}

/** A decision that happens to have one edge, as one has while it is being written. */
@Workflow({ name: 'one-edge', context: Data })
export class OneEdge {
  flow: Digraph<OneEdge> = { start: ['decide'], decide: ['last'] };
  constructor(private readonly script: Script) {}
  @Step() decide(data: Data, step: StepRef): any { return this.script.run(data, step); } // prettier-ignore
  @Step() last(data: Data, step: StepRef): any { return this.script.run(data, step); } // prettier-ignore
}

/** Back edges: to the step before, and to itself. */
@Workflow({ name: 'looping', context: Data })
export class Looping {
  flow: Digraph<Looping> = { start: ['work'], work: ['enough'], enough: ['work', 'polish'], polish: ['polish', 'enough', 'out'] };
  constructor(private readonly script: Script) {}
  @Step() work(data: Data, step: StepRef): any { return this.script.run(data, step); } // prettier-ignore
  @Step() enough(data: Data, step: StepRef): any { return this.script.run(data, step); } // prettier-ignore
  @Step() polish(data: Data, step: StepRef): any { return this.script.run(data, step); } // prettier-ignore
  @Step() out(data: Data, step: StepRef): any { return this.script.run(data, step); } // prettier-ignore
}

/** A step that wants an address, and a decision that wants an amount. */
@Workflow({ name: 'asking', context: Data })
export class RequestResult {
  flow: Digraph<RequestResult> = { start: ['first'], first: ['address'], address: ['amount'], amount: ['little', 'much'] };
  constructor(private readonly script: Script) {}
  @Step() first(data: Data, step: StepRef): any { return this.script.run(data, step); } // prettier-ignore
  @Step({ input: Address }) address(data: Data, input: Address, step: StepRef): any { return this.script.run(data, step, input); } // prettier-ignore
  @Step({ input: amountSchema }) amount(data: Data, input: Amount, step: StepRef): any { return this.script.run(data, step, input); } // prettier-ignore
  @Step() little(data: Data, step: StepRef): any { return this.script.run(data, step); } // prettier-ignore
  @Step() much(data: Data, step: StepRef): any { return this.script.run(data, step); } // prettier-ignore
}

/** Its first step wants something already, and a last one follows. */
@Workflow({ name: 'upload', context: Data })
export class Upload {
  flow: Digraph<Upload> = { start: ['file'], file: ['check'] };
  constructor(private readonly script: Script) {}
  @Step({ input: FileDto }) file(data: Data, input: FileDto, step: StepRef): any { return this.script.run(data, step, input); } // prettier-ignore
  @Step() check(data: Data, step: StepRef): any { return this.script.run(data, step); } // prettier-ignore
}

/** Asks again, as often as it is told to. */
@Workflow({ name: 'insisting', context: Data })
export class Insisting {
  flow: Digraph<Insisting> = { start: ['ask'], ask: ['ask', 'out'] };
  constructor(private readonly script: Script) {}
  @Step({ input: Choice }) ask(data: Data, input: Choice, step: StepRef): any { return this.script.run(data, step, input); } // prettier-ignore
  @Step() out(data: Data, step: StepRef): any { return this.script.run(data, step); } // prettier-ignore
}

/** Inputs with a queue, and with an end to its patience. */
@Workflow({ name: 'patient', context: Data })
export class Patient {
  flow: Digraph<Patient> = { start: ['queued'], queued: ['limited'] };
  constructor(private readonly script: Script) {}
  @Step({ input: Choice, queue: 'work' }) queued(data: Data, input: Choice, step: StepRef): any { return this.script.run(data, step, input); } // prettier-ignore
  @Step({ input: Choice, within: '1s' }) limited(data: Data, input: Choice, step: StepRef): any { return this.script.run(data, step, input); } // prettier-ignore
}

@Workflow({ name: 'unasking', context: Data })
export class Unasking {
  flow: Digraph<Unasking> = { start: ['nothing'], nothing: ['out'] };
  constructor(private readonly script: Script) {}
  @Step({ input: Nothing }) nothing(data: Data, input: Nothing, step: StepRef): any { return this.script.run(data, step, input); } // prettier-ignore
  @Step() out(data: Data, step: StepRef): any { return this.script.run(data, step); } // prettier-ignore
}

/** Its steps always take their time. */
@Workflow({ name: 'talking', context: Data })
export class Talking {
  flow: Digraph<Talking> = { start: ['a'], a: ['b'], b: ['c'] };
  constructor(private readonly script: Script) {}
  @Step() async a(data: Data, step: StepRef): Promise<any> { return this.script.run(data, step); } // prettier-ignore
  @Step() async b(data: Data, step: StepRef): Promise<any> { return this.script.run(data, step); } // prettier-ignore
  @Step() async c(data: Data, step: StepRef): Promise<any> { return this.script.run(data, step); } // prettier-ignore
}

/** Its step runs as a task of a queue. */
@Workflow({ name: 'queued', context: Data })
export class Queued {
  flow: Digraph<Queued> = { start: ['task'], task: ['out'] };
  constructor(private readonly script: Script) {}
  @Step({ queue: 'work' }) task(data: Data, step: StepRef): any { return this.script.run(data, step); } // prettier-ignore
  @Step() out(data: Data, step: StepRef): any { return this.script.run(data, step); } // prettier-ignore
}

/** A decision of a queue, which may choose itself again, or a step that leads back to it. */
@Workflow({ name: 'choosing-in-queue', context: Data })
export class ChoosingInQueue {
  flow: Digraph<ChoosingInQueue> = { start: ['decide'], decide: ['decide', 'aside', 'out'], aside: ['decide'] };
  constructor(private readonly script: Script) {}
  @Step({ queue: 'work' }) decide(data: Data, step: StepRef): any { return this.script.run(data, step); } // prettier-ignore
  @Step() aside(data: Data, step: StepRef): any { return this.script.run(data, step); } // prettier-ignore
  @Step() out(data: Data, step: StepRef): any { return this.script.run(data, step); } // prettier-ignore
}

/** The same by events. */
@Workflow({ name: 'choosing-by-event', context: Data })
export class ChoosingByEvent {
  flow: Digraph<ChoosingByEvent> = { start: ['decide'], decide: ['decide', 'aside', 'out'], aside: ['decide'] };
  constructor(private readonly script: Script) {}
  @Step({ on: 'chosen' }) decide(data: Data, chosen: any, step: StepRef): any { return this.script.run(data, step, chosen); } // prettier-ignore
  @Step() aside(data: Data, step: StepRef): any { return this.script.run(data, step); } // prettier-ignore
  @Step() out(data: Data, step: StepRef): any { return this.script.run(data, step); } // prettier-ignore
}

/** The same by the answers of whom it asks. */
@Workflow({ name: 'choosing-by-answer', context: Data })
export class ChoosingByAnswer {
  flow: Digraph<ChoosingByAnswer> = { start: ['decide'], decide: ['decide', 'aside', 'out'], aside: ['decide'] };
  constructor(private readonly script: Script) {}
  @Step({ request: 'ask' }) decide(data: Data, answer: any, step: StepRef): any { return this.script.run(data, step, answer); } // prettier-ignore
  ask(): void {}
  @Step() aside(data: Data, step: StepRef): any { return this.script.run(data, step); } // prettier-ignore
  @Step() out(data: Data, step: StepRef): any { return this.script.run(data, step); } // prettier-ignore
}

/** A step nobody requires, and one that leads elsewhere when it fails. */
@Workflow({ name: 'forgiving', context: Data })
export class Forgiving {
  flow: Digraph<Forgiving> = { start: ['first'], first: ['optional'], optional: ['second'], second: ['risky'], risky: ['usual', 'rescue'], usual: ['end'], rescue: ['end'] }; // prettier-ignore
  constructor(private readonly script: Script) {}
  @Step() first(data: Data, step: StepRef): any { return this.script.run(data, step); } // prettier-ignore
  @Step({ required: false }) optional(data: Data, step: StepRef): any { return this.script.run(data, step); } // prettier-ignore
  @Step() second(data: Data, step: StepRef): any { return this.script.run(data, step); } // prettier-ignore
  @Step({ onError: { next: 'rescue' } }) risky(data: Data, step: StepRef): any { return this.script.run(data, step); } // prettier-ignore
  @Step() usual(data: Data, step: StepRef): any { return this.script.run(data, step); } // prettier-ignore
  @Step() rescue(data: Data, step: StepRef): any { return this.script.run(data, step); } // prettier-ignore
}

export const DIGRAPHS = [
  Script, Empty, Line, Joining, Deciding, OneEdge, Looping, RequestResult, Upload, Insisting, Patient, Unasking, Talking, Queued, ChoosingInQueue, ChoosingByEvent,
  ChoosingByAnswer, Forgiving,
]; // prettier-ignore
