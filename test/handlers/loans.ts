import { SetMetadata, UseGuards, type CanActivate, type DynamicModule, type ExecutionContext, type ModuleMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { IsNumber, IsString } from 'class-validator';
import { asked, Step, Workflow, WorkflowModule, WorkflowService } from 'nestjs-argonaut';
import { from, of, type Observable } from 'rxjs';
import { MemoryProcessStore } from '../../lib/store/memory/memory-process-store.js';
import { until } from '../support/app.js';

export class Loan {
  ref!: string;
  score?: number;
}

/** A partner scores a loan, and answers under the reference it was given. */
@Workflow({ name: 'loan', context: Loan })
export class LoanWorkflow {
  @Step({ request: 'ask' }) rate(_loan: Loan, reply: { score: number }) {
    return { score: reply.score };
  }
  ask(loan: Loan) {
    return asked({ correlationId: loan.ref });
  }
  @Step({ on: 'signed' }) sign() {}
}

/** What a partner sends. */
export class ScoreMessage {
  @IsString() ref!: string;
  @IsNumber() score!: number;
  how?: How;
  messageId?: string;
}

export const WAYS = ['value', 'promise', 'observable', 'stream'] as const;
export type How = (typeof WAYS)[number] | 'nothing' | 'throws';
type Reply = { score: number } | undefined;

/** The same answer, in every way a method can return one. */
export function replyIn({ how = 'value', score }: ScoreMessage): Reply | Promise<Reply> | Observable<{ score: number }> {
  if (how === 'throws') throw new Error('the door is broken');
  if (how === 'nothing') return undefined;
  if (how === 'promise') return Promise.resolve({ score });
  return how === 'value' ? { score } : how === 'observable' ? of({ score }) : from([{ score: -1 }, { score }]);
}

export const refOf = (message: ScoreMessage) => message.ref;

/* --------------------------------------------------- a guard of the application's ---- */

export const Role = (role: string) => SetMetadata('role', role);

/** Lets in whoever says the role that stands on the method. A method that has lost its metadata lets everybody in. */
export class RoleGuard implements CanActivate {
  static seen: string[] = [];
  private readonly reflector = new Reflector();

  canActivate(context: ExecutionContext): boolean {
    const role = this.reflector.get<string | undefined>('role', context.getHandler());
    RoleGuard.seen.push(`${context.getClass().name}.${context.getHandler().name}`);
    const said =
      context.getType() === 'http'
        ? context.switchToHttp().getRequest<{ headers: Record<string, string> }>().headers.role
        : context.switchToRpc().getData<{ role?: string }>().role;
    return role === undefined || role === said;
  }
}

export const Guarded = () => UseGuards(new RoleGuard());

/* -------------------------------------------------------------- an application ---- */

/** Commits late, so that whoever does not wait for a commit is seen. */
export class SlowStore extends MemoryProcessStore {
  constructor() {
    super();
    const commit = this.commits.commit.bind(this.commits);
    this.commits.commit = async (changes) => {
      await new Promise((resolve) => setTimeout(resolve, 40));
      return commit(changes);
    };
  }
}

export interface Bank {
  readonly app: NestExpressApplication;
  readonly store: SlowStore;
  readonly workflows: WorkflowService;
  /** A loan that waits for its score. */
  apply(ref: string): Promise<string>;
  /** The dispositions of all that has been committed under this reference. */
  heard(ref: string): Promise<string[]>;
  /** The score, once the step has run. */
  scored(ref: string): Promise<number | undefined>;
}

export async function openBank(parts: ModuleMetadata): Promise<Bank> {
  const [store, STORE] = [new SlowStore(), Symbol('STORE')];
  const taken = WorkflowModule.forRoot({ store: { use: STORE, providers: [{ provide: STORE, useValue: store }] } }) as DynamicModule;
  const module = await Test.createTestingModule({
    ...parts,
    imports: [taken, ...(parts.imports ?? [])],
    providers: [LoanWorkflow, ...(parts.providers ?? [])],
  }).compile();
  const app = module.createNestApplication<NestExpressApplication>({ logger: false });
  const workflows = app.get(WorkflowService);
  const apply = async (ref: string) => {
    const loan = await workflows.start(LoanWorkflow, { ref }, { groupId: ref });
    return (await workflows.settled(loan.id)).id;
  };
  const heard = async (ref: string) => (await store.commits.knownAt([`r:${ref}`])).map(({ disposition }) => disposition);
  const scored = async (ref: string) => (await until(() => workflows.get(LoanWorkflow, { groupId: ref }), ({ context }) => context.score !== undefined)).context.score; // prettier-ignore
  return { app, store, workflows, apply, heard, scored };
}
