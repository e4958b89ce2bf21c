import { type Type } from '@nestjs/common';
import { createValidationPipe, isJsonObject, validationProblem } from '@app/platform/problem';
import { applyMergePatch } from './merge-patch.js';
import { type Replaced, withoutReadOnly } from './read-only-members.js';

const pipe = createValidationPipe();

/**
 * What a client would have sent to get what an RFC 7396 merge patch makes of a resource, checked as if it had been sent whole.
 * The patch may be the resource as it was read, with changes.
 * @throws ProblemError `validation_failed`
 */
export async function patchedRequest<T extends object>(
  request: Type<T>,
  changed: Replaced<T>,
  patch: unknown,
): Promise<T> {
  if (patch === undefined)
    throw validationProblem([{ pointer: '', code: 'required', detail: 'A merge patch is required' }]);
  const decided = isJsonObject(patch) ? withoutReadOnly(patch, changed) : patch;
  const patched = applyMergePatch(changed.request, decided);
  return (await pipe.transform(patched, { type: 'body', metatype: request })) as T;
}
