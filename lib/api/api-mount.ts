import type { Provider } from '@nestjs/common';
import type { Class } from '../values/types.js';
import { ApiAccess } from './api-access.js';
import { ApiDocument } from './api-document.js';
import { API_EXTRAS, API_MODULE, API_ROUTES, API_SHAPES, isDevelopment, type WorkflowApiExtras } from './api-options.js';
import type { ApiRoute } from './api-route.js';
import type { JsonShape } from './json-shape.js';
import { MountedPath } from './mounted-path.js';
import { Roots } from './roots.js';

/** One place of an application where routes are. */
export interface ApiMount {
  /** The class of its module, as `RouterModule` knows it. */
  readonly module: Class;
  readonly extras: WorkflowApiExtras;
  readonly routes: readonly ApiRoute[];
  /** The shapes of the answers, by name. */
  readonly shapes: Readonly<Record<string, JsonShape>>;
}

/** What the controllers of a place inject, beside its options. */
export function mountProviders({ module, extras, routes, shapes }: ApiMount): Provider[] {
  return [
    { provide: API_EXTRAS, useValue: extras },
    { provide: API_MODULE, useValue: module },
    { provide: API_ROUTES, useValue: routes },
    { provide: API_SHAPES, useValue: shapes },
    ApiAccess,
    Roots,
    MountedPath,
    ApiDocument,
  ];
}

export function isGuarded({ guards = [] }: Pick<WorkflowApiExtras, 'guards'>): boolean {
  return guards.length > 0;
}

/** Says what is missing where routes would be open to all. */
export function openRoutes(extras: Pick<WorkflowApiExtras, 'guards' | 'allowAnonymous'>): string[] {
  if (isGuarded(extras) || extras.allowAnonymous === true || isDevelopment(process.env.NODE_ENV)) return [];
  const environment = process.env.NODE_ENV === undefined ? 'NODE_ENV is not set' : `NODE_ENV is "${process.env.NODE_ENV}"`;
  return [
    `guards are missing, and ${environment}: anybody could read and change processes. Say guards: [...], or allowAnonymous: true if something else protects them.`,
  ];
}
