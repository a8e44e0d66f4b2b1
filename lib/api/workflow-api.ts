import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { InvalidWorkflowError } from '../values/errors.js';
import { wrongOptions } from '../context/call-checks.js';
import { addToDocument } from './add-to-document.js';
import { ApiDocument } from './api-document.js';
import { isGuarded, openRoutes } from './api-mount.js';
import { API_EXTRAS, API_OPTIONS, API_OPTION_CHECKS, type WorkflowApiExtras, type WorkflowApiOptions } from './api-options.js';
import { answerEarlyProblems } from './early-problems.js';
import { MountedPath } from './mounted-path.js';
import { componentsOf, type OpenApiDocument, pathsOf } from './open-api.js';

/** The API of this application: its document, for a client or for Swagger. */
@Injectable()
export class WorkflowApi implements OnModuleInit {
  constructor(
    @Inject(API_OPTIONS) private readonly options: WorkflowApiOptions,
    @Inject(API_EXTRAS) private readonly extras: WorkflowApiExtras,
    @Inject(MountedPath) private readonly mounted: MountedPath,
    @Inject(ApiDocument) private readonly document: ApiDocument,
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
    return this.document.openApi();
  }

  /**
   * Adds the API to the document that `SwaggerModule.createDocument` has made of the application. Call it once the application is initialised.
   * What the document has already stays as it is. @throws InvalidWorkflowError if it has a schema of a name that the API needs
   */
  addTo<D extends object>(document: D): D {
    const { documented } = this.document;
    addToDocument(document as unknown as OpenApiDocument, pathsOf(documented), componentsOf(documented));
    return document;
  }
}
