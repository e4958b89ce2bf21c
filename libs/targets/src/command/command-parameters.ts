/** What one parameter of an allowed command may be. A string becomes an argument, so a pattern or a list restricts it. */
export type ParameterType = { readonly required: boolean } & (
  | { readonly type: 'string'; readonly pattern: RegExp }
  | { readonly type: 'string'; readonly enum: readonly string[] }
  | { readonly type: 'integer'; readonly minimum: number; readonly maximum: number }
  | { readonly type: 'boolean' }
);

/** Checked first, so that a pattern is never matched against a huge text. */
const MAX_TEXT_LENGTH = 256;
const NAME = /^[A-Za-z][A-Za-z0-9_]*$/;

/** `{"region": {"type": "string", "pattern": "[a-z]{2}"}, "days": {"type": "integer", "minimum": 1, "maximum": 31}}` */
export function parseParameterTypes(given: unknown): ReadonlyMap<string, ParameterType> {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new Error('has parameters that are no object');
  }
  return new Map(Object.entries(given).map(([name, type]) => [name, parseType(name, type)]));
}

/** Why a run's parameters do not match, or null. */
export function faultOfParameters(
  values: Readonly<Record<string, unknown>>,
  types: ReadonlyMap<string, ParameterType>,
): string | null {
  const unknown = Object.keys(values).find((name) => !types.has(name));
  if (unknown !== undefined) return `there is no parameter ${JSON.stringify(unknown.slice(0, 64))}`;
  for (const [name, type] of types) {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined && type.required) return `the parameter ${name} is missing`;
    if (value !== undefined && !fits(value, type))
      return `the parameter ${name} is not what the command takes`;
  }
  return null;
}

function fits(value: unknown, type: ParameterType): boolean {
  switch (type.type) {
    case 'boolean':
      return typeof value === 'boolean';
    case 'integer':
      return Number.isSafeInteger(value) && Number(value) >= type.minimum && Number(value) <= type.maximum;
    case 'string':
      if (typeof value !== 'string' || value.length > MAX_TEXT_LENGTH) return false;
      return 'enum' in type ? type.enum.includes(value) : type.pattern.test(value);
  }
}

function parseType(name: string, given: unknown): ParameterType {
  const {
    type,
    required = true,
    pattern,
    minimum,
    maximum,
    ...rest
  } = (given ?? {}) as Record<string, unknown>;
  const { enum: choices } = rest;
  if (!NAME.test(name) || typeof required !== 'boolean') throw invalid(name);
  if (type === 'boolean') return { type, required };
  if (type === 'integer' && Number.isSafeInteger(minimum) && Number.isSafeInteger(maximum)) {
    return { type, required, minimum: Number(minimum), maximum: Number(maximum) };
  }
  if (type !== 'string') throw invalid(name);
  if (Array.isArray(choices) && choices.every((choice) => typeof choice === 'string')) {
    return { type, required, enum: choices };
  }
  if (typeof pattern !== 'string') throw invalid(name);
  return { type, required, pattern: new RegExp(`^(?:${pattern})$`, 'u') };
}

function invalid(name: string): Error {
  return new Error(
    `has the parameter ${name}, which needs a type: string with pattern or enum, integer with minimum and maximum, or boolean`,
  );
}
