import { type CallHandler, type ExecutionContext, Inject, Injectable, type NestInterceptor } from '@nestjs/common';
import { HttpAdapterHost, Reflector } from '@nestjs/core';
import { map, type Observable } from 'rxjs';
import { API_SHAPES } from './api-options.js';
import { type ApiRoute, ROUTE } from './api-route.js';
import { called, type JsonShape, projected } from './json-shape.js';

const reflector = new Reflector();

/** Lets out what the shape of the answer names, and tells caches and browsers to make nothing else of it. */
@Injectable()
export class AnswerInterceptor implements NestInterceptor {
  constructor(
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
    @Inject(API_SHAPES) private readonly shapes: Readonly<Record<string, JsonShape>>,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const route = reflector.get<ApiRoute | undefined>(ROUTE, context.getHandler());
    const response: unknown = context.switchToHttp().getResponse();
    for (const [name, value] of Object.entries(ANSWER_HEADERS)) this.host.httpAdapter.setHeader(response, name, value);
    return next.handle().pipe(map((answer) => (route ? projected(called(route.answer), answer, this.shapes) : (answer as unknown))));
  }
}

export const ANSWER_HEADERS: Readonly<Record<string, string>> = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };
