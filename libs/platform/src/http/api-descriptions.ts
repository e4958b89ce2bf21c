/** What operations of every resource say of themselves in the OpenAPI document. */
export const IF_MATCH = {
  name: 'If-Match',
  required: false,
  description: 'The ETag last seen; 412 if it is old.',
};
