import { applyDecorators, Post as PlainPost, UseInterceptors } from '@nestjs/common';
import { IdempotencyInterceptor } from './idempotency.interceptor.js';

/**
 * A POST that may be sent again with its `Idempotency-Key`. Only these have an interceptor: around every route, one costs
 * all the reads a chain of observables that does nothing for them.
 */
export function Post(path?: string): MethodDecorator {
  return applyDecorators(PlainPost(path), UseInterceptors(IdempotencyInterceptor));
}
