import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { InvalidWorkflowError } from '../values/errors.js';
import { wrongOptions } from '../context/call-checks.js';
import { WorkflowService } from '../workflow.service.js';
import { addToDocument } from './add-to-document.js';
import { API_EXTRAS, API_OPTIONS, API_OPTION_CHECKS, isDevelopment, type WorkflowApiExtras, type WorkflowApiOptions } from './api-options.js';
import { answerEarlyProblems } from './early-problems.js';
import { MountedPath } from './mounted-path.js';
import { componentsOf, type DocumentedApi, type OpenApiDocument, openApiOf, pathsOf } from './open-api.js';

/** The API of this application: its document, for a client or for Swagger. */
@Injectable()
export class WorkflowApi implements OnModuleInit {
  constructor(
    @Inject(API_OPTIONS) private readonly options: WorkflowApiOptions,
    @Inject(API_EXTRAS) private readonly extras: WorkflowApiExtras,
    @Inject(MountedPath) private readonly mounted: MountedPath,
    @Inject(WorkflowService) private readonly workflows: WorkflowService,
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
  ) {}

  /** Refuses wrong options, and routes that are open to all. */
  onModuleInit(): void {
    const problems = [...wrongOptions(API_OPTION_CHECKS, { ...this.options, ...this.extras }), ...openRoutes(this.extras)];
    if (problems.length > 0) throw new InvalidWorkflowError('the options of WorkflowApiModule', problems);
    if (!isGuarded(this.extras))
      new Logger('WorkflowApi').warn(`The routes under ${this.mounted.bases.join(' and ')} have no guards: everybody who reaches them is let in.`);
    if (this.host.httpAdapter) answerEarlyProblems(this.host.httpAdapter, this.mounted);
  }

  /** The OpenAPI 3.1 document of the API in this application. Each workflow has paths of its own for its start and its inputs. */
  openApi(): OpenApiDocument {
    return openApiOf(this.documented);
  }

  /**
   * Adds the API to the document that `SwaggerModule.createDocument` has made of the application. Call it once the application is initialised.
   * What the document has already stays as it is. @throws InvalidWorkflowError if it has a schema of a name that the API needs
   */
  addTo<D extends object>(document: D): D {
    addToDocument(document as unknown as OpenApiDocument, pathsOf(this.documented), componentsOf(this.documented));
    return document;
  }

  private get documented(): DocumentedApi {
    const { security } = this.extras;
    return { baseOf: (route) => this.mounted.baseOf(route), definitions: this.workflows.definitions(), ...(security && { security }) };
  }
}

function isGuarded({ guards = [] }: WorkflowApiExtras): boolean {
  return guards.length > 0;
}

function openRoutes(extras: WorkflowApiExtras): string[] {
  if (isGuarded(extras) || extras.allowAnonymous === true || isDevelopment(process.env.NODE_ENV)) return [];
  const environment = process.env.NODE_ENV === undefined ? 'NODE_ENV is not set' : `NODE_ENV is "${process.env.NODE_ENV}"`;
  return [
    `guards are missing, and ${environment}: anybody could read and change processes. Say guards: [...], or allowAnonymous: true if something else protects them.`,
  ];
}
