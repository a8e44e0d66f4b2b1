import type { CanActivate, ModuleMetadata } from '@nestjs/common';
import { OPTION_KINDS, type OptionChecks } from '../context/call-checks.js';
import type { Class } from '../values/types.js';

/**
 * What a request may do. `read`: see. `input`: start processes, and bring inputs, responses and events. `mend`: suspend, resume, cancel,
 * retry, restart and skip; replay, readdress and discard messages. `administer`: what concerns all processes at once, such as a migration.
 */
export type ApiRight = 'read' | 'input' | 'mend' | 'administer';

export const API_RIGHTS: readonly ApiRight[] = ['read', 'input', 'mend', 'administer'];

/**
 * A process that a request wants to see or to change. For a child, it is the root: the process that its parents begin with, because a
 * child belongs to whom that belongs to.
 */
export interface ProcessInSight {
  readonly id: string;
  readonly workflow: string;
  readonly groupId: string;
  /** Reads the newest values of its context; of a process that is about to start, the values given. */
  context(): Promise<Readonly<Record<string, unknown>>>;
}

/** Who may do what. Each function gets the request as the platform (Express, Fastify) and your guards have left it. */
export interface WorkflowApiOptions {
  /** The rights of a request. Default: only `read`. */
  readonly rights?: (request: any) => Iterable<ApiRight> | Promise<Iterable<ApiRight>>;
  /** The person or system behind a request, for the audit record. Default: none. */
  readonly actor?: (request: any) => string | undefined;
  /**
   * Whether the request may see the process, and its children with it. If not, the API answers as if there were none. Asked on every
   * route and for every item of a list. With it, what concerns all processes at once needs the right `administer`; so do a message that no
   * process has received, and an `id` for a start. Default: all are seen.
   */
  readonly maySee?: (request: any, process: ProcessInSight) => boolean | Promise<boolean>;
}

/** Options that shape the module graph, and so cannot come from a factory. */
export interface WorkflowApiExtras {
  /** Where the routes are, below the global prefix. Default `workflow-api`. */
  readonly path?: string;
  /** The version of the routes, if the application has versions. Default: none. */
  readonly version?: string;
  /** Guards of all routes: they let a request in, or not. What they inject is provided by `imports`. */
  readonly guards?: readonly (Class<CanActivate> | CanActivate)[];
  /** The modules whose providers the guards or the factory inject. */
  readonly imports?: ModuleMetadata['imports'];
  /**
   * The security schemes of the OpenAPI document, by name, as OpenAPI describes them: `{ bearer: { type: 'http', scheme: 'bearer' } }`.
   * Any one of them lets a request in. They describe what the guards do, and change nothing. Default: none.
   */
  readonly security?: Readonly<Record<string, object>>;
  /** True: the routes may be mounted without guards. Default: only if `NODE_ENV` is `development` or `test`. */
  readonly allowAnonymous?: boolean;
}

/** Options by a factory. */
export interface WorkflowApiAsyncOptions extends WorkflowApiExtras {
  readonly inject?: any[];
  readonly useFactory: (...args: any[]) => WorkflowApiOptions | Promise<WorkflowApiOptions>;
}

const { text, flag, method, list, object } = OPTION_KINDS;

export const API_OPTION_CHECKS: OptionChecks = {
  rights: method,
  actor: method,
  maySee: method,
  path: text(255),
  version: text(255),
  guards: list,
  imports: list,
  security: object,
  allowAnonymous: flag,
};

/** The injection token of the options. */
export const API_OPTIONS = Symbol('WORKFLOW_API_OPTIONS');

/** The injection token of the extras. */
export const API_EXTRAS = Symbol('WORKFLOW_API_EXTRAS');

/** The injection token of the class of the module, as `RouterModule` knows it. */
export const API_MODULE = Symbol('WORKFLOW_API_MODULE');

/** The injection token of the list of routes. */
export const API_ROUTES = Symbol('WORKFLOW_API_ROUTES');

/** The injection token of the shapes of answers, by name. */
export const API_SHAPES = Symbol('WORKFLOW_API_SHAPES');

/** True: an open API is fit for this environment. */
export function isDevelopment(environment: string | undefined): boolean {
  return environment === 'development' || environment === 'test';
}
