import { getMetadataStorage } from 'class-validator';
import { pointerTo } from './pointer.js';
import { type FieldError } from './problem-error.js';

/** A list of thousands of lists should not get an answer larger than itself. */
const MAX_ERRORS = 50;

/**
 * Lists where a list of objects has an object. class-validator takes such a list for more of the same, so that of an empty
 * one it checks nothing, and what is then read of it is `undefined`.
 */
export function listsInLists(received: unknown): FieldError[] {
  return faultsOf(received, '').slice(0, MAX_ERRORS);
}

function faultsOf(received: unknown, parent: string): FieldError[] {
  if (typeof received !== 'object' || received === null) return [];
  const fields = received as Record<string, unknown>;
  return [...nestedNames(received)].flatMap((name) => faultsOfField(fields[name], pointerTo(parent, name)));
}

function faultsOfField(value: unknown, pointer: string): FieldError[] {
  if (!Array.isArray(value)) return faultsOf(value, pointer);
  return value.flatMap((item: unknown, index) => {
    const place = pointerTo(pointer, String(index));
    return Array.isArray(item) ? [mustBeObject(place)] : faultsOf(item, place);
  });
}

function mustBeObject(pointer: string): FieldError {
  return { pointer, code: 'invalid_type', detail: 'must be an object, and not a list' };
}

/** The fields of a DTO whose values are checked by another DTO, each once. */
function nestedNames(received: object): Set<string> {
  const rules = getMetadataStorage().getTargetValidationMetadatas(received.constructor, '', false, false);
  const nested = rules.filter(({ type }) => type === 'nestedValidation');
  return new Set(nested.map(({ propertyName }) => propertyName));
}
