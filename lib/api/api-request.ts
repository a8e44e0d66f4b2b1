import { UnsupportedMediaTypeException } from '@nestjs/common';

/** A request, as far as Express and Fastify give it in the same way. */
export interface ApiRequest {
  readonly url: string;
  readonly originalUrl?: string;
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
}

/**
 * Refuses a body that is not JSON, and a request without one. A browser sends JSON to another site only if that site allows it, so no
 * foreign page can use the cookies of a person. @throws UnsupportedMediaTypeException
 */
export function checkJson({ headers }: ApiRequest): void {
  const type = headers['content-type'];
  if (typeof type === 'string' && /^application\/json *(;|$)/i.test(type)) return;
  throw new UnsupportedMediaTypeException('Send a JSON object, at least {}, with the content type application/json.');
}

/** The path of a request, without its query. */
export function pathOf({ originalUrl, url }: Pick<ApiRequest, 'originalUrl' | 'url'>): string {
  return (originalUrl ?? url).split('?', 1)[0]!;
}
