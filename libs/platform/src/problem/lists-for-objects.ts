import { getMetadataStorage } from 'class-validator';
import { pointerTo } from './pointer.js';
import { type FieldError } from './problem-error.js';

/** A list of thousands of lists should not get an answer larger than itself. */
const MAX_ERRORS = 50;

/**
 * Lists where a DTO has an object, or where a list of objects has one, reported before anything is made of them.
 * class-validator takes such a list for objects: of an empty one it checks nothing, so that what is read of it later is
 * `undefined`; of a megabyte of `[{},{},…]` it checks each item against all rules of the object, for five seconds. Looks at
 * the DTO's own fields only: no object in them has such a field in turn.
 */
export function listsForObjects(sent: object, dto: NewableFunction): FieldError[] {
  const fields = new Map<string, unknown>(Object.entries(sent));
  const faults = nestedFieldsOf(dto).flatMap(({ name, isList }) => {
    const value = fields.get(name);
    if (!Array.isArray(value)) return [];
    const pointer = pointerTo('', name);
    if (!isList) return [mustBeObject(pointer)];
    return value.flatMap((item, index) =>
      Array.isArray(item) ? [mustBeObject(pointerTo(pointer, String(index)))] : [],
    );
  });
  return faults.slice(0, MAX_ERRORS);
}

function mustBeObject(pointer: string): FieldError {
  return { pointer, code: 'invalid_type', detail: 'must be an object, and not a list' };
}

interface NestedField {
  readonly name: string;
  readonly isList: boolean;
}

/** Collected once for each class: class-validator goes through the rules of all classes for it. */
const known = new WeakMap<NewableFunction, readonly NestedField[]>();

/** The fields of a DTO whose values are checked by another DTO. */
function nestedFieldsOf(dto: NewableFunction): readonly NestedField[] {
  const fields = known.get(dto);
  if (fields) return fields;
  const rules = getMetadataStorage().getTargetValidationMetadatas(dto, '', false, false);
  const nested = rules
    .filter(({ type }) => type === 'nestedValidation')
    .map(({ propertyName, each }) => ({ name: propertyName, isList: each }));
  known.set(dto, nested);
  return nested;
}
