import { type CanActivate, type ExecutionContext, ForbiddenException, Injectable } from '@nestjs/common';
import type { ApiRequest } from '../api/api-request.js';

/** The header that the page of the console sends with each request that changes something. */
export const CONSOLE_HEADER = 'x-workflow-console';

/**
 * Refuses what a page of another site lets the browser of a person send. A browser says where a request comes from; and it asks first
 * before it sends a header of its own to another site.
 */
@Injectable()
export class SameOriginGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { method, headers } = context.switchToHttp().getRequest<ApiRequest>();
    const from = headers['sec-fetch-site'];
    if (from === 'cross-site' || from === 'same-site') throw new ForbiddenException('This request comes from a page of another site.');
    if (method === 'GET' || method === 'HEAD' || headers[CONSOLE_HEADER] === '1') return true;
    throw new ForbiddenException(`Send the header \`${CONSOLE_HEADER}: 1\` with a request that changes something.`);
  }
}
