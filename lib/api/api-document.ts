import { Inject, Injectable } from '@nestjs/common';
import { WorkflowService } from '../workflow.service.js';
import { API_EXTRAS, type WorkflowApiExtras } from './api-options.js';
import { MountedPath } from './mounted-path.js';
import { type DocumentedApi, type OpenApiDocument, openApiOf } from './open-api.js';

/** The OpenAPI document of the routes at one place of the application. */
@Injectable()
export class ApiDocument {
  constructor(
    @Inject(API_EXTRAS) private readonly extras: WorkflowApiExtras,
    @Inject(MountedPath) private readonly mounted: MountedPath,
    @Inject(WorkflowService) private readonly workflows: WorkflowService,
  ) {}

  openApi(): OpenApiDocument {
    return openApiOf(this.documented);
  }

  get documented(): DocumentedApi {
    const { security } = this.extras;
    return { baseOf: (route) => this.mounted.baseOf(route), definitions: this.workflows.definitions(), ...(security && { security }) };
  }
}
