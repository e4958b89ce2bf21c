/** What members of every resource are in the OpenAPI document. */
export const ID = { type: String, format: 'uuid', example: '01981b5e-7c00-7000-8000-0123456789ab' } as const;
export const INSTANT = { type: String, format: 'date-time', example: '2026-01-31T12:00:00.000Z' } as const;
export const INSTANT_OR_NULL = { ...INSTANT, nullable: true } as const;

/** The largest `integer` of Postgres; in seconds, 68 years. */
export const MAX_INTEGER = 2_147_483_647;

/** How a query takes several values. */
export const LIST_HINT = 'Any of these: repeat it, or separate them with commas.';
