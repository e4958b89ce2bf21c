/** By primary key, for all services that were asked about at once; most have an empty list, and one without a row has none. */
export const EGRESS_ALLOW_OF_SERVICES = `
  SELECT slug, egress_allow AS "egressAllow" FROM services WHERE slug = ANY($1::text[])`;
