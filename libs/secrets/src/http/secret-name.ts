import { SECRET_NAME } from '@app/targets';
import { validationProblem } from '@app/platform/problem';

/** @throws ProblemError `validation_failed` at `/name` */
export function assertSecretName(name: string): void {
  if (SECRET_NAME.test(name)) return;
  const detail = 'name must begin with a letter and have up to 64 letters, digits, _ and -';
  throw validationProblem([{ pointer: '/name', code: 'invalid_name', detail }]);
}
