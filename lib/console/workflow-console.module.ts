import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { ALL_ROUTES } from '../api/all-routes.js';
import { mountProviders } from '../api/api-mount.js';
import { API_OPTIONS } from '../api/api-options.js';
import type { ApiRoute } from '../api/api-route.js';
import { API_CONTROLLERS, controllerAt, routesAt } from '../api/mounted-controller.js';
import { ChangeFeed, STREAM_TIMES, USUAL_TIMES } from './change-feed.js';
import { CONSOLE_ANSWERS } from './console-answers.js';
import {
  CONSOLE_EXTRAS,
  DEFAULT_CONSOLE_PATH,
  type WorkflowConsoleAsyncOptions,
  type WorkflowConsoleExtras,
  type WorkflowConsoleOptions,
} from './console-options.js';
import * as consoleRoutes from './console-routes.js';
import { ConsoleController } from './console.controller.js';
import { LiveController } from './live.controller.js';
import { MaskInterceptor } from './mask.interceptor.js';
import { PagesController } from './pages.controller.js';
import { SameOriginGuard } from './same-origin.guard.js';
import { Situations } from './situations.js';
import { WorkflowConsole } from './workflow-console.js';

/** Every route below `<path>/api`. */
export const CONSOLE_ROUTES: readonly ApiRoute[] = [...ALL_ROUTES, ...Object.values(consoleRoutes).filter((each) => typeof each === 'object')];

const OWN_PARTS: Provider[] = [Situations, WorkflowConsole, ChangeFeed, { provide: STREAM_TIMES, useFactory: () => ({ ...USUAL_TIMES }) }];

/**
 * A console for the workflows of this application: what needs attention, processes and what can be done about them, queues, inbox and
 * outbox. Pages, assets and routes stand behind your guards.
 *
 * @example
 * imports: [WorkflowModule.forRoot(), WorkflowConsoleModule.forRoot({ guards: [StaffGuard], rights: ({ user }) => user.rights })]
 */
@Module({})
export class WorkflowConsoleModule {
  /** Takes options that are known now. @throws InvalidWorkflowError at boot for wrong options, and without guards outside of development */
  static forRoot(options: WorkflowConsoleOptions & WorkflowConsoleExtras = {}): DynamicModule {
    return assembleConsole(options, { provide: API_OPTIONS, useValue: options });
  }

  /** Takes options from a factory, which may have providers injected. Options that shape the module graph are given beside it. */
  static forRootAsync({ inject = [], useFactory, ...extras }: WorkflowConsoleAsyncOptions): DynamicModule {
    return assembleConsole(extras, { provide: API_OPTIONS, useFactory, inject });
  }
}

function assembleConsole(extras: WorkflowConsoleExtras, options: Provider): DynamicModule {
  const { path = DEFAULT_CONSOLE_PATH, guards = [], imports = [] } = extras;
  const api = { path: `${path}/api`, guards: [...guards, SameOriginGuard], interceptors: [MaskInterceptor] };
  const mount = { module: WorkflowConsoleModule, extras: { ...extras, path: api.path }, routes: CONSOLE_ROUTES, shapes: CONSOLE_ANSWERS };
  return {
    module: WorkflowConsoleModule,
    imports: [...imports],
    providers: [options, { provide: CONSOLE_EXTRAS, useValue: extras }, ...mountProviders(mount), ...OWN_PARTS],
    controllers: [
      ...[...API_CONTROLLERS, ConsoleController, LiveController].map((controller) => routesAt(controller, api)),
      controllerAt(PagesController, { path, guards }),
    ],
  };
}
