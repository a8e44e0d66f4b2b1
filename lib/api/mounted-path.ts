import { type VersioningOptions, VersioningType } from '@nestjs/common';
import { Inject, Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { API_EXTRAS, type WorkflowApiExtras } from './api-options.js';

export const DEFAULT_PATH = 'workflow-api';

/** The settings of the application that Nest tells only its own parts. */
interface ApplicationSettings {
  getGlobalPrefix(): string;
  getVersioning(): VersioningOptions | undefined;
}

/** Where the routes are in this application, with its global prefix and version. Known once the application is made. */
@Injectable()
export class MountedPath {
  constructor(
    @Inject(ModuleRef) private readonly module: ModuleRef,
    @Inject(API_EXTRAS) private readonly extras: WorkflowApiExtras,
  ) {}

  /** With a slash at its beginning, and none at its end. */
  get path(): string {
    const { path = DEFAULT_PATH } = this.extras;
    const settings = this.settings;
    return [settings?.getGlobalPrefix() ?? '', this.versionIn(settings?.getVersioning()), path].map(withSlash).join('');
  }

  private versionIn(versioning: VersioningOptions | undefined): string {
    if (versioning?.type !== VersioningType.URI || this.extras.version === undefined) return '';
    return `${versioning.prefix === false ? '' : (versioning.prefix ?? 'v')}${this.extras.version}`;
  }

  /** `ModuleRef` keeps the container for its own use. */
  private get settings(): ApplicationSettings | undefined {
    return (this.module as unknown as { container?: { applicationConfig?: ApplicationSettings } }).container?.applicationConfig;
  }

  /** Whether the path of a request is one of the API. Routers take upper and lower case for the same. */
  includes(path: string): boolean {
    const [own, given] = [this.path.toLowerCase(), path.toLowerCase()];
    return given === own || given.startsWith(`${own}/`);
  }

  /** The path of a request, without the part where the routes are. */
  below(path: string): string {
    return path.slice(this.path.length).replace(/^\/|\/$/g, '');
  }
}

function withSlash(part: string): string {
  const bare = part.replace(/^\/+|\/+$/g, '');
  return bare === '' ? '' : `/${bare}`;
}
