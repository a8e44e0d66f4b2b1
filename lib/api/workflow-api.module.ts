import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { ALL_ROUTES } from './all-routes.js';
import { ANSWERS } from './answers.js';
import { mountProviders } from './api-mount.js';
import { API_OPTIONS, type WorkflowApiAsyncOptions, type WorkflowApiExtras, type WorkflowApiOptions } from './api-options.js';
import { API_CONTROLLERS, routesAt } from './mounted-controller.js';
import { DEFAULT_PATH } from './mounted-path.js';
import { WorkflowApi } from './workflow-api.js';

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
  const mount = { path: extras.path ?? DEFAULT_PATH, version: extras.version, guards: extras.guards ?? [] };
  return {
    module: WorkflowApiModule,
    imports: [...(extras.imports ?? [])],
    providers: [options, ...mountProviders({ module: WorkflowApiModule, extras, routes: ALL_ROUTES, shapes: ANSWERS }), WorkflowApi],
    controllers: API_CONTROLLERS.map((controller) => routesAt(controller, mount)),
    exports: [WorkflowApi],
  };
}
