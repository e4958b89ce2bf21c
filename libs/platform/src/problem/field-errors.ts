import { getMetadataStorage, type ValidationError } from 'class-validator';
import { closestName } from './closest-name.js';
import { pointerTo, shownKey } from './pointer.js';
import { type FieldError } from './problem-error.js';

/** A body with thousands of bad items should not get an answer larger than itself. */
const MAX_ERRORS = 50;

/** While a value has the wrong type, complaints about its length or range only confuse. */
const TYPE_CONSTRAINTS = new Set([
  'isString',
  'isInt',
  'isNumber',
  'isBoolean',
  'isArray',
  'isObject',
  'nestedValidation',
]);

/** How class-validator names its own rules; a rule of ours that finds something missing explains that itself. */
const BUILT_IN = /^(is|min|max|matches|array|nested)[A-Z]?/;

/** class-validator's tree of failures as a flat list with RFC 6901 pointers. */
export function fieldErrorsOf(failures: readonly ValidationError[]): FieldError[] {
  const errors: FieldError[] = [];
  for (const error of flatten(failures, '')) {
    errors.push(error);
    if (errors.length === MAX_ERRORS) break;
  }
  return errors;
}

/** One at a time: to explain thousands of failures of which fifty are shown would take seconds. */
function* flatten(failures: readonly ValidationError[], parent: string): Generator<FieldError> {
  for (const failure of failures) {
    const pointer = pointerTo(parent, failure.property);
    yield* ownErrors(failure, pointer);
    yield* flatten(failure.children ?? [], pointer);
  }
}

function ownErrors(failure: ValidationError, pointer: string): FieldError[] {
  const constraints = Object.entries(failure.constraints ?? {});
  if (constraints.some(([name]) => name === 'whitelistValidation'))
    return [unknownProperty(failure, pointer)];
  if (constraints.length === 0) return [];
  const isMissing = failure.value === undefined && constraints.some(([name]) => BUILT_IN.test(name));
  if (isMissing) return [{ pointer, code: 'required', detail: `${failure.property} is required` }];
  const typeFault = constraints.find(([name]) => TYPE_CONSTRAINTS.has(name));
  if (typeFault !== undefined) return [{ pointer, code: 'invalid_type', detail: typeFault[1] }];
  return constraints.map(([name, detail]) => ({ pointer, code: slug(name), detail }));
}

function unknownProperty(failure: ValidationError, pointer: string): FieldError {
  const closest = closestName(failure.property, knownNames(failure.target));
  const hint = closest === null ? '' : `; did you mean ${closest}?`;
  return {
    pointer,
    code: 'unknown_property',
    detail: `${shownKey(failure.property)} is not known here${hint}`,
  };
}

function knownNames(target: object | undefined): string[] {
  if (target === undefined) return [];
  const rules = getMetadataStorage().getTargetValidationMetadatas(target.constructor, '', false, false);
  return [...new Set(rules.map((rule) => rule.propertyName))];
}

/** `maxLength` becomes `max_length`. */
function slug(constraint: string): string {
  return constraint.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`);
}
