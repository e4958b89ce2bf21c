import { ValidateBy, ValidateIf, type ValidationArguments } from 'class-validator';

/**
 * A validation rule from one function that says what is wrong with a value, or null.
 * @param code the machine-readable `code` of the error
 * @param findFault gets a value of any type; leaves types that another rule refuses alone
 */
export function Refuses<T extends object = object>(
  code: string,
  findFault: (value: unknown, owner: T) => string | null,
): PropertyDecorator {
  const faultOf = (value: unknown, args?: ValidationArguments) => findFault(value, (args?.object ?? {}) as T);
  return ValidateBy({
    name: code,
    validator: {
      validate: (value, args) => faultOf(value, args) === null,
      defaultMessage: (args) => `${args?.property} ${faultOf(args?.value, args)}`,
    },
  });
}

/** Unlike class-validator's `@IsOptional`, an explicit null is still checked, and so refused. */
export function MayBeAbsent(): PropertyDecorator {
  return ValidateIf((_owner, value) => value !== undefined);
}

/** For what may also be null, to say that there is none: neither that nor absence is checked further. */
export function MayBeNull(): PropertyDecorator {
  return ValidateIf((_owner, value) => value !== undefined && value !== null);
}
