import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost, ModuleRef } from '@nestjs/core';
import { isGuarded, openRoutes } from '../api/api-mount.js';
import { API_MODULE, API_OPTIONS } from '../api/api-options.js';
import { answerEarlyProblems } from '../api/early-problems.js';
import { MountedPath } from '../api/mounted-path.js';
import { wrongOptions } from '../context/call-checks.js';
import { InvalidWorkflowError } from '../values/errors.js';
import type { Class } from '../values/types.js';
import { builtAssets } from './asset-source.js';
import { CONSOLE_EXTRAS, CONSOLE_OPTION_CHECKS, DEFAULT_CONSOLE_PATH, type WorkflowConsoleExtras, type WorkflowConsoleOptions } from './console-options.js';
import { ignoreSlashes, PAGE_ROUTES } from './trailing-slash.js';

/** Checks at boot whether the console may be shown, and says where it is. */
@Injectable()
export class WorkflowConsole implements OnModuleInit, OnApplicationBootstrap {
  private readonly logger = new Logger('WorkflowConsole');

  constructor(
    @Inject(API_OPTIONS) private readonly options: WorkflowConsoleOptions,
    @Inject(CONSOLE_EXTRAS) private readonly extras: WorkflowConsoleExtras,
    @Inject(MountedPath) private readonly mounted: MountedPath,
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
    @Inject(ModuleRef) private readonly module: ModuleRef,
    @Inject(API_MODULE) private readonly own: Class,
  ) {}

  /** Refuses wrong options, and a console that is open to all. */
  onModuleInit(): void {
    const problems = [...wrongOptions(CONSOLE_OPTION_CHECKS, { ...this.options, ...this.extras }), ...openRoutes(this.extras)];
    if (problems.length > 0) throw new InvalidWorkflowError('the options of WorkflowConsoleModule', problems);
    builtAssets();
    if (!isGuarded(this.extras)) this.logger.warn('The console of workflows has no guards: everybody who reaches it is let in.');
    if (!this.host.httpAdapter) return;
    answerEarlyProblems(this.host.httpAdapter, this.mounted);
    ignoreSlashes(this.host, this.pages);
  }

  /** The port is not known before the application listens, so the line has the path. A context without HTTP has no pages. */
  onApplicationBootstrap(): void {
    if (this.host.httpAdapter) this.logger.log(`The console of workflows is at ${this.pages.bases.join(' and ')}`);
  }

  private get pages(): MountedPath {
    const { path = DEFAULT_CONSOLE_PATH } = this.extras;
    return new MountedPath(this.module, { path }, this.own, PAGE_ROUTES);
  }
}
