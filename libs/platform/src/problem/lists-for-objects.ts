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

/**
 * Lists where a DTO has an object, told before anything is made of them: class-validator would look at each of their items
 * with all the rules of the object, for a megabyte of `[{},{},…]` five seconds.
 */
export function listsForObjects(sent: object, dto: abstract new () => unknown): FieldError[] {
  const fields = new Map<string, unknown>(Object.entries(sent));
  const rules = nestedRules(dto).map(({ propertyName, each }) => {
    const value = fields.get(propertyName);
    if (!Array.isArray(value)) return [];
    const pointer = pointerTo('', propertyName);
    if (!each) return [mustBeObject(pointer)];
    return value.flatMap((item, index) =>
      Array.isArray(item) ? [mustBeObject(pointerTo(pointer, String(index)))] : [],
    );
  });
  return rules.flat().slice(0, MAX_ERRORS);
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
  return new Set(nestedRules(received.constructor).map(({ propertyName }) => propertyName));
}

function nestedRules(dto: NewableFunction) {
  const rules = getMetadataStorage().getTargetValidationMetadatas(dto, '', false, false);
  return rules.filter(({ type }) => type === 'nestedValidation');
}
