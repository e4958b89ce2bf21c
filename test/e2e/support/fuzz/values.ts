import fc, { type Arbitrary } from 'fast-check';

export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly example?: unknown;
  readonly examples?: readonly unknown[];
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

const MAX_DEPTH = 6;
const ODD_TEXTS = [
  '',
  ' ',
  '\u0000',
  '\ud800',
  '\u202e',
  '%00',
  '../..',
  "' OR 1=1--",
  '{{secret.X}}',
  '${7*7}',
  'é',
  'a'.repeat(5_000),
];
const ODD_TIMES = [
  '9999-12-31T23:59:59.999Z',
  '0000-01-01T00:00:00Z',
  '2031-02-30T00:00:00Z',
  '+275760-09-13T00:00:00Z',
];
const ODD_NUMBERS = [0, -0, -1, 1, 0.5, 2 ** 31, -(2 ** 31) - 1, 2 ** 53, 1e21, 1e308, 5e-324];

/** Anything at all, one time in ten where a schema says better. */
const ANYTHING: Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(...ODD_TEXTS, ...ODD_TIMES, ...ODD_NUMBERS, null, true, [], {}, [[]], [null]),
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.jsonValue({ maxDepth: 3 }),
);

/** Values that fit a schema for the most part, with something odd here and there. */
export function valueFor(
  schema: Schema,
  schemas: Readonly<Record<string, Schema>>,
  depth: number,
): Arbitrary<unknown> {
  if (depth > MAX_DEPTH) return ANYTHING;
  return fc.oneof(
    { weight: 9, arbitrary: fitting(schema, schemas, depth) },
    { weight: 1, arbitrary: ANYTHING },
  );
}

function fitting(
  schema: Schema,
  schemas: Readonly<Record<string, Schema>>,
  depth: number,
): Arbitrary<unknown> {
  const named = schemas[schema.$ref?.split('/').at(-1) ?? ''];
  if (named) return fitting(named, schemas, depth);
  const choices = schema.oneOf ?? schema.anyOf ?? schema.allOf;
  if (choices?.length) return fc.oneof(...choices.map((choice) => fitting(choice, schemas, depth)));
  if (schema.properties) return objectOf(schema.properties, schemas, depth);
  const given = [
    ...(schema.enum ?? []),
    ...(schema.examples ?? []),
    ...(schema.example === undefined ? [] : [schema.example]),
  ];
  const simple = ofType(schema, schemas, depth);
  return given.length === 0
    ? simple
    : fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...given) }, { weight: 1, arbitrary: simple });
}

function objectOf(
  properties: Readonly<Record<string, Schema>>,
  schemas: Readonly<Record<string, Schema>>,
  depth: number,
): Arbitrary<unknown> {
  const fields = Object.entries(properties).map(([name, schema]) => [
    name,
    valueFor(schema, schemas, depth + 1),
  ]);
  const record = fc.record(Object.fromEntries(fields) as Record<string, Arbitrary<unknown>>, {
    requiredKeys: [],
  });
  const extra = fc.dictionary(fc.constantFrom('odd', 'id', 'service', 'toString', '__proto__'), ANYTHING, {
    maxKeys: 1,
  });
  return fc.tuple(record, fc.option(extra, { freq: 8 })).map(([known, odd]) => ({ ...known, ...odd }));
}

function ofType(
  schema: Schema,
  schemas: Readonly<Record<string, Schema>>,
  depth: number,
): Arbitrary<unknown> {
  const [type] = [schema.type ?? 'any'].flat();
  const { minimum = -5, maximum = 1_000_000 } = schema;
  switch (type) {
    case 'string':
      return fc.oneof(fc.string({ maxLength: 40 }), fc.constantFrom(...ODD_TEXTS, ...ODD_TIMES));
    case 'integer':
    case 'number':
      return fc.oneof(
        fc.constantFrom(minimum, maximum, minimum - 1, maximum + 1, ...ODD_NUMBERS),
        fc.integer({ min: 1, max: 100 }),
      );
    case 'boolean':
      return fc.boolean();
    case 'array':
      return fc.array(valueFor(schema.items ?? {}, schemas, depth + 1), { maxLength: 4 });
    case 'object':
      return fc.dictionary(fc.string({ maxLength: 8 }), ANYTHING, { maxKeys: 4 });
    default:
      return ANYTHING;
  }
}
