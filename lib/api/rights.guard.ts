import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiAccess } from './api-access.js';
import { type ApiRoute, ROUTE } from './api-route.js';

const reflector = new Reflector();

/** Stands after the guards of the application: the request has come in, and now has to have the right that the route needs. */
@Injectable()
export class RightsGuard implements CanActivate {
  constructor(@Inject(ApiAccess) private readonly access: ApiAccess) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const route = reflector.get<ApiRoute | undefined>(ROUTE, context.getHandler());
    if (route) await this.access.checkRight(context.switchToHttp().getRequest(), route);
    return true;
  }
}
