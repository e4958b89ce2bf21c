import { type Type } from '@nestjs/common';
import { createValidationPipe, validationProblem } from '@app/platform/problem';
import { applyMergePatch } from './merge-patch.js';

const pipe = createValidationPipe();

/**
 * What a client would have sent to get what an RFC 7396 merge patch makes of `current`, checked as if it had been sent whole.
 * @param current what a client would send to get what there is
 * @throws ProblemError `validation_failed`
 */
export async function patchedRequest<T extends object>(
  request: Type<T>,
  current: Readonly<Record<keyof T, unknown>>,
  patch: unknown,
): Promise<T> {
  if (patch === undefined)
    throw validationProblem([{ pointer: '', code: 'required', detail: 'A merge patch is required' }]);
  const patched = applyMergePatch(current, patch);
  return (await pipe.transform(patched, { type: 'body', metatype: request })) as T;
}
