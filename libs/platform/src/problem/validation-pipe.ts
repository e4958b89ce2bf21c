import { type ArgumentMetadata, Injectable, ValidationPipe } from '@nestjs/common';
import { type ValidationError } from 'class-validator';
import { droppedKeys } from './dropped-keys.js';
import { fieldErrorsOf } from './field-errors.js';
import { isJsonObject } from './json-object.js';
import { listsForObjects } from './lists-for-objects.js';
import { type FieldError, ProblemError } from './problem-error.js';

/**
 * Checks bodies, queries and parameters against their DTO class. Nothing is converted silently: a body's "5" is not a
 * number, and a query DTO says itself how text becomes a value.
 */
export function createValidationPipe(): ValidationPipe {
  return new StrictValidationPipe();
}

/** Nest's pipe takes `null` for an empty object and lets lists through; neither is what a client meant. */
@Injectable()
class StrictValidationPipe extends ValidationPipe {
  constructor() {
    super({
      transform: true,
      whitelist: true,
      forbidNonWhitelisted: true,
      forbidUnknownValues: false,
      validationError: { target: true, value: true },
      exceptionFactory: (failures: ValidationError[]) => validationProblem(fieldErrorsOf(failures)),
    });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const isDto = metadata.type === 'body' && metadata.metatype !== undefined && this.toValidate(metadata);
    if (isDto && value !== undefined && !isJsonObject(value)) {
      throw validationProblem([
        { pointer: '', code: 'invalid_type', detail: 'The body must be a JSON object' },
      ]);
    }
    const misplaced = isDto && isJsonObject(value) ? listsForObjects(value, metadata.metatype) : [];
    if (misplaced.length > 0) throw validationProblem(misplaced);
    const received: unknown = await super.transform(value, metadata);
    const faults = received === value ? [] : droppedKeys(value, received);
    if (faults.length > 0) throw validationProblem(faults);
    return received;
  }

  /** Ours are refused, not stripped: a body's in `@app/platform/http`, the others as dropped keys. */
  protected override stripProtoKeys(): void {}
}

/** The one problem for values that are wrong, whoever finds them. */
export function validationProblem(errors: readonly FieldError[]): ProblemError {
  const places = errors.map(({ pointer }) => pointer || 'the body');
  const shown =
    places.length > 5 ? `${places.slice(0, 5).join(', ')} and ${places.length - 5} more` : places.join(', ');
  return new ProblemError('invalid', 'validation_failed', `The request is not valid: see ${shown}.`, errors);
}
