import type { ApiRoute } from './api-route.js';
import * as dataRoutes from './data-routes.js';
import * as inboxRoutes from './inbox-routes.js';
import * as operatingRoutes from './operating-routes.js';
import * as outboxRoutes from './outbox-routes.js';
import * as processRoutes from './process-routes.js';
import * as serviceRoutes from './service-routes.js';
import * as workflowRoutes from './workflow-routes.js';

/** Every route of the API. */
export const ALL_ROUTES: readonly ApiRoute[] = [processRoutes, workflowRoutes, inboxRoutes, outboxRoutes, dataRoutes, operatingRoutes, serviceRoutes].flatMap(
  (each) => Object.values(each),
);
