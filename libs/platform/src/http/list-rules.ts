import { Transform } from 'class-transformer';
import { ValidateBy } from 'class-validator';

/** What a decorator needs of class-transformer's parameters, without its `any`. */
interface Raw {
  readonly value: unknown;
}

/** A list without repeats. class-validator's own rule compares each item with each, for a megabyte of numbers half a minute. */
export function WithoutRepeats(): PropertyDecorator {
  return ValidateBy({
    name: 'arrayUnique',
    validator: {
      validate: (value) => Array.isArray(value) && new Set(value).size === value.length,
      defaultMessage: (args) => `${args?.property} must not contain an item twice`,
    },
  });
}

/**
 * Shows the rules one item more than the list may have, which is enough to refuse it. class-validator would check each
 * object of a list that is too long all the same, at 30 µs.
 */
export function ReadUpTo(maxItems: number): PropertyDecorator {
  return Transform(({ value }: Raw): unknown =>
    Array.isArray(value) ? value.slice(0, maxItems + 1) : value,
  );
}
