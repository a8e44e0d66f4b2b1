import 'reflect-metadata';
import { Controller, type DynamicModule, type INestApplication, type ModuleMetadata } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { IsString } from 'class-validator';
import {
  asked,
  HandlesEvent,
  HandlesInput,
  HandlesResponse,
  StartsProcess,
  Step,
  StoreUnavailableError,
  Workflow,
  WorkflowModule,
  WorkflowService,
} from 'nestjs-argonaut';
import { of } from 'rxjs';
import { MemoryProcessStore } from '../../lib/store/memory/memory-process-store.js';
import { until } from '../support/app.js';

export class Parcel {
  ref!: string;
  weight?: number;
  signedBy?: string;
  note?: string;
}
export class NoteDto {
  @IsString() note!: string;
}

/** Takes one message of each kind. */
@Workflow({ name: 'parcel', context: Parcel })
export class ParcelWorkflow {
  @Step({ request: 'ask' }) weigh(_parcel: Parcel, { weight }: { weight: number }) {
    return { weight };
  }
  ask(parcel: Parcel) {
    return asked({ correlationId: parcel.ref });
  }
  @Step({ on: 'parcel.signed' }) sign(_parcel: Parcel, { by }: { by: string }) {
    return { signedBy: by };
  }
  @Step({ input: NoteDto }) annotate(_parcel: Parcel, { note }: NoteDto) {
    return { note };
  }
}

export interface ParcelMessage {
  readonly ref: string;
  readonly weight?: number;
  readonly by?: string;
  readonly note?: string;
  /** `'throws'`: the handler has a fault. */
  readonly how?: 'throws';
}

/* ---------------------------------------------------------------- its handlers ---- */

export const KINDS = ['start', 'response', 'event', 'input'] as const;
export const SIDES = ['above', 'below'] as const;
/** Each kind of handler, with our decorator above and below that of the transport. */
export const PATTERNS = KINDS.flatMap((kind) => SIDES.map((side) => `${kind}.${side}` as const));
export type Pattern = (typeof PATTERNS)[number];

/** How the methods of a transport are written. */
export interface Spelling {
  /** Its decorator for a method that takes what is sent to this pattern. */
  readonly on: (pattern: Pattern) => MethodDecorator;
  /** Its decorators for the first and the second parameter. */
  readonly message?: ParameterDecorator;
  readonly context?: ParameterDecorator;
  /** Finds the message in the first argument. */
  readonly read?: (first: any) => ParcelMessage;
}

/** What handlers were called with: an argument of the transport's for each call. */
export class Calls {
  private readonly all: { readonly ref: unknown; readonly pattern: Pattern; readonly context: unknown }[] = [];

  note(ref: unknown, pattern: Pattern, context: unknown): void {
    this.all.push({ ref, pattern, context });
  }
  of(ref: string): number {
    return this.all.filter((call) => call.ref === ref).length;
  }
  get contexts(): unknown[] {
    return this.all.map(({ context }) => context);
  }
}

const nothing: ParameterDecorator = () => {};

/** A provider or controller with one method for each pattern. */
export function handlersOf({ on, message = nothing, context = nothing, read = (first) => first as ParcelMessage }: Spelling, calls: Calls) {
  const ref = (first: unknown) => read(first).ref;
  const take = (pattern: Pattern, first: unknown, second: unknown) => {
    const parcel = read(first);
    calls.note(parcel?.ref, pattern, second);
    if (parcel.how === 'throws') throw new Error('the handler has a fault');
    return parcel;
  };

  @Controller()
  class Handlers {
    @StartsProcess(ParcelWorkflow, ref)
    @on('start.above')
    startAbove(@message first: unknown, @context second?: unknown) {
      return { ref: take('start.above', first, second).ref };
    }
    @on('start.below')
    @StartsProcess(ParcelWorkflow, ref)
    startBelow(@message first: unknown, @context second?: unknown) {
      return { ref: take('start.below', first, second).ref };
    }
    @HandlesResponse(ParcelWorkflow, 'weigh', ref)
    @on('response.above')
    async responseAbove(@message first: unknown, @context second?: unknown) {
      return Promise.resolve({ weight: take('response.above', first, second).weight! });
    }
    @on('response.below')
    @HandlesResponse(ParcelWorkflow, 'weigh', ref)
    responseBelow(@message first: unknown, @context second?: unknown) {
      return of({ weight: take('response.below', first, second).weight! });
    }
    @HandlesEvent('parcel.signed', ref, { messageId: (first) => `${ref(first)}-signed` })
    @on('event.above')
    eventAbove(@message first: unknown, @context second?: unknown) {
      return of({ by: take('event.above', first, second).by! });
    }
    @on('event.below')
    @HandlesEvent('parcel.signed', ref, { messageId: (first) => `${ref(first)}-signed` })
    eventBelow(@message first: unknown, @context second?: unknown) {
      return { by: take('event.below', first, second).by! };
    }
    @HandlesInput(ParcelWorkflow, 'annotate', ref, { messageId: (first) => `${ref(first)}-note` })
    @on('input.above')
    inputAbove(@message first: unknown, @context second?: unknown) {
      return { note: take('input.above', first, second).note! };
    }
    @on('input.below')
    @HandlesInput(ParcelWorkflow, 'annotate', ref, { messageId: (first) => `${ref(first)}-note` })
    async inputBelow(@message first: unknown, @context second?: unknown) {
      return Promise.resolve({ note: take('input.below', first, second).note! });
    }
  }
  return Handlers;
}

/* -------------------------------------------------------------- an application ---- */

/** A store that holds its commits back, or is away, as long as the test wants. */
export class TestedStore extends MemoryProcessStore {
  private held: Promise<void> | null = null;
  private away = false;
  private waiting = 0;

  constructor() {
    super();
    const { commits } = this;
    const [commit, keep] = [commits.commit.bind(commits), commits.keepMessages.bind(commits)];
    commits.commit = (changes) => this.pass(() => commit(changes));
    commits.keepMessages = (messages) => this.pass(() => keep(messages));
  }

  private async pass<T>(work: () => Promise<T>): Promise<T> {
    if (this.away) throw new StoreUnavailableError(new Error('away'));
    if (this.held) {
      this.waiting++;
      await this.held;
    }
    return work();
  }

  /** Commits wait until the returned function is called. */
  hold(): () => void {
    this.waiting = 0;
    let open!: () => void;
    this.held = new Promise((resolve) => (open = resolve));
    return () => ((this.held = null), open());
  }
  /** Resolves when a commit waits. */
  async isWaiting(): Promise<void> {
    await until(() => this.waiting, (count) => count > 0); // prettier-ignore
  }
  goAway(): void {
    this.away = true;
  }
  comeBack(): void {
    this.away = false;
  }
}

export interface ParcelApp {
  readonly app: INestApplication;
  readonly store: TestedStore;
  readonly workflows: WorkflowService;
  /** A parcel that waits for its weight. */
  begin(ref: string): Promise<void>;
  /** The dispositions of all weights that have been committed for it. */
  heard(ref: string): Promise<string[]>;
  /** The parcel, when it has come to this. */
  when(ref: string, isSo: (parcel: Parcel) => boolean): Promise<Parcel>;
}

export async function openParcels(parts: ModuleMetadata): Promise<ParcelApp> {
  const [store, STORE] = [new TestedStore(), Symbol('STORE')];
  const used = { use: STORE, providers: [{ provide: STORE, useValue: store }] };
  const workflow = WorkflowModule.forRoot({ store: used, inbox: { perAddress: 1 } }) as DynamicModule;
  const module = await Test.createTestingModule({
    ...parts,
    imports: [workflow, ...(parts.imports ?? [])],
    providers: [ParcelWorkflow, ...(parts.providers ?? [])],
  }).compile();
  const app = module.createNestApplication({ logger: process.env.TEST_LOG ? undefined : false });
  const workflows = app.get(WorkflowService);
  const find = (ref: string) => workflows.get(ParcelWorkflow, { groupId: ref }).then(({ context }) => context, () => null); // prettier-ignore
  return {
    app,
    store,
    workflows,
    begin: async (ref) => {
      const { id } = await workflows.start(ParcelWorkflow, { ref }, { groupId: ref });
      await until(() => workflows.get(id), ({ status }) => status === 'waiting'); // prettier-ignore
    },
    heard: async (ref) => (await store.commits.knownAt([`r:${ref}`])).map(({ disposition }) => disposition).sort(),
    when: async (ref, isSo) => (await until(() => find(ref), (found) => found !== null && isSo(found)))!, // prettier-ignore
  };
}
