import { Transform } from 'class-transformer';

/** What a decorator needs of class-transformer's parameters, without its `any`. */
interface Raw {
  readonly value: unknown;
}

/**
 * Query parameters are text; these decorators turn it into the value a rule can check. What does not convert stays
 * text, so that the rule refuses it: `limit=5x`, `limit=` and `limit=1&limit=2` are faults, never numbers.
 */
export function QueryInteger(): PropertyDecorator {
  return Transform(({ value }: Raw): unknown => {
    return typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value;
  });
}

export function QueryBoolean(): PropertyDecorator {
  return Transform(({ value }: Raw): unknown =>
    value === 'true' || value === 'false' ? value === 'true' : value,
  );
}

/** `state=failed,timed_out` and `state=failed&state=timed_out` mean the same. */
export function QueryList(): PropertyDecorator {
  return Transform(({ value }: Raw): unknown => {
    const parts: unknown[] = Array.isArray(value) ? value : [value];
    return parts.every((part) => typeof part === 'string') ? parts.flatMap((part) => part.split(',')) : value;
  });
}
