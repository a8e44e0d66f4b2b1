import { type CallHandler, type ExecutionContext, Inject, Injectable, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { map, type Observable } from 'rxjs';
import { API_OPTIONS } from '../api/api-options.js';
import { type ApiRoute, ROUTE } from '../api/api-route.js';
import type { WorkflowConsoleOptions } from './console-options.js';
import { maskedAnswer } from './masked-answers.js';

const reflector = new Reflector();

/** Asks the application what of an answer is shown. */
@Injectable()
export class MaskInterceptor implements NestInterceptor {
  constructor(@Inject(API_OPTIONS) private readonly options: WorkflowConsoleOptions) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { mask } = this.options;
    const route = reflector.get<ApiRoute | undefined>(ROUTE, context.getHandler());
    if (!mask || !route) return next.handle();
    const request: unknown = context.switchToHttp().getRequest();
    return next.handle().pipe(map((answer) => maskedAnswer(route.answer, answer, (kind, value) => mask(request, { kind, value: asSent(value) }))));
  }
}

/** The value as it would be sent: contexts hold dates, and objects of classes of the application. */
function asSent(value: unknown): unknown {
  const text = JSON.stringify(value);
  return text === undefined ? undefined : (JSON.parse(text) as unknown);
}
