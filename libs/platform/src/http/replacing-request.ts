import { type Type } from '@nestjs/common';
import { createValidationPipe, isJsonObject } from '@app/platform/problem';
import { type Replaced, withoutReadOnly } from './read-only-members.js';

const pipe = createValidationPipe();

/**
 * A body that replaces a resource, checked. It may be the resource as it was read.
 * @throws ProblemError `validation_failed`
 */
export async function replacingRequest<T extends object>(
  request: Type<T>,
  replaced: Replaced<T>,
  body: unknown,
): Promise<T> {
  const decided = isJsonObject(body) ? withoutReadOnly(body, replaced) : body;
  return (await pipe.transform(decided === undefined ? {} : decided, {
    type: 'body',
    metatype: request,
  })) as T;
}
