import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import {
  type CanActivate,
  type DynamicModule,
  type ExecutionContext,
  type INestApplication,
  Injectable,
  UnauthorizedException,
  ValidationPipe,
  VersioningType,
} from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import { IsBoolean, IsIn, IsInt, IsOptional, IsString, MaxLength, Min } from 'class-validator';
import {
  fail,
  type InboxMessage,
  MessageSender,
  type OutboxMessage,
  Step,
  type StepRef,
  Workflow,
  WorkflowModule,
  WorkflowService,
  workflowEntities,
} from 'nestjs-argonaut';
import { type ApiRight, type ProcessInSight, WorkflowApiModule } from 'nestjs-argonaut/api';
import { afterAll, beforeAll } from 'vitest';
import { until } from '../support/app.js';
import { type Database, libsqlFile } from '../support/databases.js';

export class Loan {
  @IsString() tenant: string;
  @IsInt() @Min(1) amount: number;
  @IsInt() score = 0;
  @IsOptional() @IsBoolean() approved?: boolean;
}

export class Review {
  @IsBoolean() approved: boolean;
  @IsOptional() @IsString() @MaxLength(200) note?: string;
  @IsOptional() @IsIn(['low', 'high']) risk?: 'low' | 'high';
}

class Score {
  @IsInt() score: number;
}

/** A loan of this amount asks by a message. */
export const SENDS = 99;

/** Its receiver is never there. */
@Injectable()
export class Away extends MessageSender {
  override transmit(): Promise<void> {
    return Promise.reject(new Error('nobody is there'));
  }
}

@Workflow({ name: 'loan', context: Loan })
export class LoanWorkflow {
  @Step({ request: 'askScore', response: Score })
  score(_loan: Loan, answer: Score) {
    return { score: answer.score };
  }

  askScore({ amount }: Loan, step: StepRef) {
    if (amount === SENDS) step.send(Away, 'score.asked', { under: step.correlationId });
  }

  @Step({ input: Review })
  review(_loan: Loan, { approved }: Review) {
    return { approved };
  }

  @Step({ on: 'paid' })
  paid() {}

  @Step()
  close({ amount }: Loan) {
    return amount === 13 ? fail('unlucky') : undefined;
  }
}

/** Its answers do not fit a loan: a step of a loan refuses them. */
@Workflow({ name: 'appraisal' })
export class AppraisalWorkflow {
  @Step({ request: 'askValue' })
  value(_given: object, _answer: { value: number }) {}

  askValue() {}
}

/** `authorization: <tenant> <right>,<right>`, as a token of a real application would say it. */
@Injectable()
export class TokenGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<{ headers: { authorization?: string }; user?: User }>();
    const [tenant, rights] = (request.headers.authorization ?? '').split(' ');
    if (!tenant) throw new UnauthorizedException();
    request.user = { name: `one of ${tenant}`, tenant, rights: (rights ?? '').split(',').filter((each) => each !== '') as ApiRight[] };
    return true;
  }
}

export interface User {
  readonly name: string;
  readonly tenant: string;
  readonly rights: readonly ApiRight[];
}

const ofTenant = ({ user }: { user: User }, { groupId }: ProcessInSight) => user.tenant === 'all' || groupId.startsWith(`${user.tenant}:`);

export function guardedApi(more: object = {}): DynamicModule {
  return WorkflowApiModule.forRoot({
    guards: [TokenGuard],
    rights: ({ user }: { user: User }) => user.rights,
    actor: ({ user }: { user: User }) => user.name,
    maySee: ofTenant,
    ...more,
  });
}

export const PLATFORMS = ['express', 'fastify'] as const;

export interface ApiApp {
  readonly app: INestApplication;
  readonly workflows: WorkflowService;
  readonly url: string;
  /** Where the routes are, below the prefix and the version. */
  readonly base: string;
  close(): Promise<void>;
}

export interface ApiSetup {
  readonly platform?: (typeof PLATFORMS)[number];
  readonly api?: DynamicModule;
  /** With the global prefix `v0/app` and the version 7 in the path. */
  readonly prefixed?: boolean;
  readonly providers?: any[];
  readonly controllers?: any[];
  /** Further modules. */
  readonly imports?: any[];
  /** What the application sets before it listens. */
  readonly setUp?: (app: INestApplication) => unknown;
}

export async function bootApi(
  database: Database,
  { platform = 'express', api, prefixed = false, providers = [LoanWorkflow, AppraisalWorkflow, Away], controllers = [], imports = [], setUp }: ApiSetup = {},
): Promise<ApiApp> {
  const module = await Test.createTestingModule({
    imports: [
      TypeOrmModule.forRootAsync({ useFactory: () => ({ retryAttempts: 0 }), dataSourceFactory: () => database.connect({ entities: [...workflowEntities] }) }),
      WorkflowModule.forRoot({ schema: 'migrate' }),
      api ?? guardedApi(prefixed ? { version: '7' } : {}),
      ...imports,
    ],
    providers,
    controllers,
  }).compile();
  const app =
    platform === 'fastify' ? module.createNestApplication(new FastifyAdapter(), { logger: logged }) : module.createNestApplication({ logger: logged });
  if (prefixed) app.setGlobalPrefix('v0/app').enableVersioning({ type: VersioningType.URI });
  setUp?.(app);
  app.useGlobalPipes(new ValidationPipe({ transform: true, whitelist: true, forbidNonWhitelisted: true })); // as many applications have
  await app.listen(0, '127.0.0.1');
  const url = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
  return { app, workflows: app.get(WorkflowService), url, base: `${url}${prefixed ? '/v0/app/v7' : ''}/workflow-api`, close: () => app.close() };
}

/** An API on SQLite for all tests of a block: made before them, and closed after them. It can be used once they run. */
export function apiForBlock(setup: ApiSetup = {}): ApiApp {
  const api = {} as ApiApp;
  const database = libsqlFile();
  beforeAll(async () => void Object.assign(api, await bootApi(database, setup)));
  afterAll(async () => {
    await api.close();
    await database.drop();
  });
  return api;
}

const logged = process.env.TEST_LOG ? undefined : false;

export const ALL: readonly ApiRight[] = ['read', 'input', 'mend', 'administer'];

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly headers: Headers;
  readonly text: string;
  readonly body: any;
}

/** A client with a token: `tenant right,right`. */
export function clientOf({ base }: Pick<ApiApp, 'base'>, token = `a ${ALL.join(',')}`) {
  return async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> => {
    const response = await fetch(`${base}/${path}`, {
      method,
      headers: { ...(token && { authorization: token }), ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const type = response.headers.get('content-type') ?? '';
    return { status: response.status, type, headers: response.headers, text, body: /json/.test(type) && text !== '' ? JSON.parse(text) : undefined };
  };
}

/** The correlation id under which the score of this loan is awaited. */
export async function scoreIdOf({ workflows }: ApiApp, process: string): Promise<string> {
  const { waits } = await until(() => workflows.get(process, { internals: true }), (each) => each.waits[0]?.kind === 'response'); // prettier-ignore
  return waits[0]!.key!;
}

/** A message that a step of this loan has refused. */
export async function refusedBy(api: ApiApp, process: string): Promise<InboxMessage> {
  await api.workflows.respond('appraisal', 'value', await scoreIdOf(api, process), { value: 1 });
  return (await api.workflows.inbox.list({ process })).items.at(-1)!;
}

/** The message that a loan has sent, and that was tried once. */
export async function sentBy({ workflows }: ApiApp, process: string): Promise<OutboxMessage> {
  return (await until(() => workflows.outbox.list({ process }), ({ items }) => items[0]?.attempts === 1)).items[0]!; // prettier-ignore
}
