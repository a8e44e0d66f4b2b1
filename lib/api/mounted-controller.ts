import { type CanActivate, Controller, type NestInterceptor, Type, UseFilters, UseGuards, UseInterceptors, VERSION_NEUTRAL } from '@nestjs/common';
import type { Class } from '../values/types.js';
import { ActionsController } from './actions.controller.js';
import { AnswerInterceptor } from './answer.interceptor.js';
import { DataController } from './data.controller.js';
import { InboxController } from './inbox.controller.js';
import { MessagesController } from './messages.controller.js';
import { OperatingController } from './operating.controller.js';
import { OutboxController } from './outbox.controller.js';
import { ProblemFilter } from './problem.filter.js';
import { ProcessesController } from './processes.controller.js';
import { RightsGuard } from './rights.guard.js';
import { ServiceController } from './service.controller.js';
import { WorkflowsController } from './workflows.controller.js';

/** A file of routes and a controller for each part; further parts go here, and into `all-routes.ts`. */
export const API_CONTROLLERS: readonly Class[] = [
  WorkflowsController,
  ProcessesController,
  ActionsController,
  MessagesController,
  InboxController,
  OutboxController,
  DataController,
  OperatingController,
  ServiceController,
];

/** Where a controller is, and what stands before and after its methods. */
export interface ControllerMount {
  readonly path: string;
  readonly version?: string | undefined;
  /** Guards of the application, before those of the routes. */
  readonly guards: readonly (Class<CanActivate> | CanActivate)[];
  /** They see an answer before it gets its shape. */
  readonly interceptors?: readonly Class<NestInterceptor>[];
}

/** What Swagger reads: it leaves the class out, because `WorkflowApi.addTo` describes the routes with their schemas. */
const HIDDEN_IN_SWAGGER = 'swagger/apiExcludeController';

/** The controller at this place: a class of its own for each mount, because path and guards are metadata of the class. */
export function controllerAt(controller: Class, { path, version, guards }: ControllerMount, further: readonly ClassDecorator[] = []): Type {
  const mounted = { [controller.name]: class extends controller {} }[controller.name]! as Type;
  for (const decorate of [Controller({ path, version: version ?? VERSION_NEUTRAL }), UseGuards(...guards), ...further]) decorate(mounted);
  Reflect.defineMetadata(HIDDEN_IN_SWAGGER, [true], mounted);
  return mounted;
}

/** A controller of described routes: each needs its right, answers in its shape, and answers an error with a problem. */
export function routesAt(controller: Class, mount: ControllerMount): Type {
  const { guards, interceptors = [] } = mount;
  return controllerAt(controller, { ...mount, guards: [...guards, RightsGuard] }, [
    UseFilters(ProblemFilter),
    UseInterceptors(AnswerInterceptor, ...interceptors),
  ]);
}
