/** What operations of every resource say of themselves in the OpenAPI document. */
export const IF_MATCH = {
  name: 'If-Match',
  required: false,
  description: 'The ETag last seen; 412 if it is old. An installation may require it (428); `*` is any.',
};

/** What a PUT or PATCH takes besides what a client decides. */
export const AS_IT_WAS_READ =
  'The body may be the resource as it was read, with changes: read-only members are ignored if they are unchanged, and ' +
  'refused (`read_only`) if not; without `If-Match`, its `version` stands for it.';
