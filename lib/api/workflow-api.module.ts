import { Controller, type DynamicModule, Module, type Provider, Type, UseFilters, UseGuards, UseInterceptors, VERSION_NEUTRAL } from '@nestjs/common';
import type { Class } from '../values/types.js';
import { ActionsController } from './actions.controller.js';
import { AnswerInterceptor } from './answer.interceptor.js';
import { ApiAccess } from './api-access.js';
import { API_EXTRAS, API_MODULE, API_OPTIONS, type WorkflowApiAsyncOptions, type WorkflowApiExtras, type WorkflowApiOptions } from './api-options.js';
import { InboxController } from './inbox.controller.js';
import { OutboxController } from './outbox.controller.js';
import { MessagesController } from './messages.controller.js';
import { DEFAULT_PATH, MountedPath } from './mounted-path.js';
import { ProblemFilter } from './problem.filter.js';
import { ProcessesController } from './processes.controller.js';
import { Roots } from './roots.js';
import { RightsGuard } from './rights.guard.js';
import { DataController } from './data.controller.js';
import { OperatingController } from './operating.controller.js';
import { ServiceController } from './service.controller.js';
import { WorkflowApi } from './workflow-api.js';
import { WorkflowsController } from './workflows.controller.js';

/** A file of routes and a controller for each part; further parts go here, and into `all-routes.ts`. */
const CONTROLLERS: readonly Class[] = [
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

/**
 * The workflows of this application over HTTP: routes for its processes, guarded, with one shape of errors and an OpenAPI document.
 *
 * @example
 * imports: [WorkflowModule.forRoot(), WorkflowApiModule.forRoot({ guards: [StaffGuard], rights: ({ user }) => user.rights })]
 */
@Module({})
export class WorkflowApiModule {
  /** Takes options that are known now. @throws InvalidWorkflowError at boot for wrong options, and without guards outside of development */
  static forRoot(options: WorkflowApiOptions & WorkflowApiExtras = {}): DynamicModule {
    return assembleApi(options, { provide: API_OPTIONS, useValue: options });
  }

  /** Takes options from a factory, which may have providers injected. Options that shape the module graph are given beside it. */
  static forRootAsync({ inject = [], useFactory, ...extras }: WorkflowApiAsyncOptions): DynamicModule {
    return assembleApi(extras, { provide: API_OPTIONS, useFactory, inject });
  }
}

function assembleApi(extras: WorkflowApiExtras, options: Provider): DynamicModule {
  return {
    module: WorkflowApiModule,
    imports: [...(extras.imports ?? [])],
    providers: [
      options,
      { provide: API_EXTRAS, useValue: extras },
      { provide: API_MODULE, useValue: WorkflowApiModule },
      ApiAccess,
      Roots,
      MountedPath,
      WorkflowApi,
    ],
    controllers: CONTROLLERS.map((controller) => mountedAt(controller, extras)),
    exports: [WorkflowApi],
  };
}

/** What Swagger reads: it leaves the class out, because `WorkflowApi.addTo` describes the routes with their schemas. */
const HIDDEN_IN_SWAGGER = 'swagger/apiExcludeController';

/** A class of its own for each mount, because path and guards are metadata of the class. */
function mountedAt(controller: Class, { path = DEFAULT_PATH, version, guards = [] }: WorkflowApiExtras): Type {
  const mounted = { [controller.name]: class extends controller {} }[controller.name]! as Type;
  const decorators = [
    Controller({ path, version: version ?? VERSION_NEUTRAL }),
    UseGuards(...guards, RightsGuard),
    UseFilters(ProblemFilter),
    UseInterceptors(AnswerInterceptor),
  ];
  for (const decorate of decorators) decorate(mounted);
  Reflect.defineMetadata(HIDDEN_IN_SWAGGER, [true], mounted);
  return mounted;
}
