import type { ApiRoute } from './api-route.js';
import * as inboxRoutes from './inbox-routes.js';
import * as outboxRoutes from './outbox-routes.js';
import * as processRoutes from './process-routes.js';
import * as serviceRoutes from './service-routes.js';
import * as workflowRoutes from './workflow-routes.js';

/** Every route of the API. */
export const ALL_ROUTES: readonly ApiRoute[] = [processRoutes, workflowRoutes, inboxRoutes, outboxRoutes, serviceRoutes].flatMap((each) => Object.values(each));

/** The methods that a path answers to, below the API's own path. Empty: there is nothing. */
export function methodsAt(path: string): string[] {
  const parts = path.split('/');
  const found = ALL_ROUTES.filter((route) => fits(route.path.split('/'), parts)).map(({ method }) => method.toUpperCase());
  return found.includes('GET') ? [...found, 'HEAD'] : found;
}

function fits(pattern: readonly string[], parts: readonly string[]): boolean {
  return pattern.length === parts.length && pattern.every((part, i) => part.startsWith(':') || part === parts[i]);
}
