/** Express takes a path with a slash at its end for the same; Fastify does so only if the application says it. A page has to be found by both. */
import type { HttpAdapterHost } from '@nestjs/core';
import { pathOf } from '../api/api-request.js';
import type { MountedPath } from '../api/mounted-path.js';
import { ITEM_PATHS, LIST_PATHS } from './console-page.js';

export const PAGE_ROUTES = ['', ...LIST_PATHS, ...ITEM_PATHS].map((path) => ({ path, method: 'get' as const }));

interface RawRequest {
  url?: string;
  originalUrl?: string;
}

interface NodeServer {
  prependListener(event: 'request', listener: (request: RawRequest) => void): void;
}

/** Lets Fastify find a page by its path with a slash at the end. The request keeps it as `originalUrl`. */
export function ignoreSlashes({ httpAdapter }: HttpAdapterHost, pages: MountedPath): void {
  if (httpAdapter?.getType() !== 'fastify') return;
  httpAdapter.getInstance<{ readonly server: NodeServer }>().server.prependListener('request', (request) => {
    const path = pathOf({ url: request.url ?? '' });
    if (!path.endsWith('/') || pages.methodsAt(path.slice(0, -1)).length === 0) return;
    request.originalUrl ??= request.url!;
    request.url = `${path.slice(0, -1)}${request.url!.slice(path.length)}`;
  });
}
