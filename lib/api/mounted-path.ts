import { Inject, Injectable, RequestMethod, type VersioningOptions, VersioningType } from '@nestjs/common';
import { ModuleRef, Reflector } from '@nestjs/core';
import { API_EXTRAS, API_MODULE, API_ROUTES, type WorkflowApiExtras } from './api-options.js';
import type { ApiRoute } from './api-route.js';
import type { Class } from '../values/types.js';

const reflector = new Reflector();

export const DEFAULT_PATH = 'workflow-api';

/** A route that the application takes out of its global prefix. */
interface ExcludedRoute {
  readonly pathRegex: RegExp;
  readonly requestMethod: RequestMethod;
}

type Exclusions = readonly ExcludedRoute[];

/** The settings of the application that Nest tells only its own parts. */
interface ApplicationSettings {
  getGlobalPrefix(): string;
  getGlobalPrefixOptions(): { readonly exclude?: Exclusions };
  getVersioning(): VersioningOptions | undefined;
}

/** `ModuleRef` keeps the container for its own use. */
interface NestContainer {
  readonly applicationConfig?: ApplicationSettings;
  getModules?(): { readonly applicationId?: string };
}

/** Where the routes are in this application, with its global prefix and version. Known once the application is made. */
@Injectable()
export class MountedPath {
  /** The bases, as they are when requests come: nothing of them changes any more. */
  private known: readonly string[] | undefined;

  constructor(
    @Inject(ModuleRef) private readonly module: ModuleRef,
    @Inject(API_EXTRAS) private readonly extras: WorkflowApiExtras,
    @Inject(API_MODULE) private readonly mounted: Class,
    @Inject(API_ROUTES) private readonly routes: readonly Pick<ApiRoute, 'path' | 'method'>[],
  ) {}

  /** What stands before the path of a route: with a slash at its beginning, and none at its end. */
  baseOf(route: Pick<ApiRoute, 'path' | 'method'>): string {
    const settings = this.container?.applicationConfig;
    const own = `${this.modulePath}${withSlash(this.extras.path ?? DEFAULT_PATH)}`;
    const prefix = isExcluded(settings?.getGlobalPrefixOptions().exclude, `${own}${withSlash(route.path)}`, route.method)
      ? ''
      : (settings?.getGlobalPrefix() ?? '');
    return `${withSlash(prefix)}${withSlash(this.versionIn(settings?.getVersioning()))}${own}`;
  }

  /** All places where routes are: more than one if only some are taken out of the global prefix. The longest is the first. */
  get bases(): readonly string[] {
    return [...new Set(this.routes.map((route) => this.baseOf(route)))].sort((a, b) => b.length - a.length);
  }

  private versionIn(versioning: VersioningOptions | undefined): string {
    if (versioning?.type !== VersioningType.URI || this.extras.version === undefined) return '';
    return `${versioning.prefix === false ? '' : (versioning.prefix ?? 'v')}${this.extras.version}`;
  }

  /** The path that `RouterModule` gives to the module. */
  private get modulePath(): string {
    const application = this.container?.getModules?.().applicationId ?? '';
    const path: unknown = reflector.get(`${MODULE_PATH}${application}`, this.mounted);
    return typeof path === 'string' ? withSlash(path) : '';
  }

  private get container(): NestContainer | undefined {
    return (this.module as unknown as { container?: NestContainer }).container;
  }

  /** Whether the path of a request is one of the API. Routers take upper and lower case for the same. */
  includes(path: string): boolean {
    return this.baseAt(path) !== undefined;
  }

  /** The methods that a path answers to. Empty: there is nothing. */
  methodsAt(path: string): string[] {
    const base = this.baseAt(path);
    if (base === undefined) return [];
    const parts = path.slice(base.length + 1).split('/');
    const found = this.routes.filter((route) => this.baseOf(route) === base && fits(route.path.split('/'), parts));
    return found.flatMap(({ method }) => (method === 'get' ? ['GET', 'HEAD'] : ['POST']));
  }

  private baseAt(path: string): string | undefined {
    const given = path.toLowerCase();
    this.known ??= this.bases;
    return this.known.find((base) => given === base.toLowerCase() || given.startsWith(`${base.toLowerCase()}/`));
  }
}

/** The key of Nest under which `RouterModule` keeps the path of a module, followed by the id of the application. */
const MODULE_PATH = '__module_path__';

/** Nest tests the exclusions with the path of a route, without its prefix and version. */
function isExcluded(exclusions: Exclusions = [], path: string, method: ApiRoute['method']): boolean {
  const methods = [RequestMethod.ALL, method === 'get' ? RequestMethod.GET : RequestMethod.POST];
  return exclusions.some(({ pathRegex, requestMethod }) => methods.includes(requestMethod) && pathRegex.test(path));
}

function fits(pattern: readonly string[], parts: readonly string[]): boolean {
  return pattern.length === parts.length && pattern.every((part, i) => (part.startsWith(':') ? parts[i] !== '' : part === parts[i]));
}

function withSlash(part: string): string {
  const bare = part.replace(/^\/+|\/+$/g, '');
  return bare === '' ? '' : `/${bare}`;
}
