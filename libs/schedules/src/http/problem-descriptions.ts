/** What the refusals of these endpoints mean, for the OpenAPI document. */
export const INVALID = { description: 'Something in the request is wrong; `errors` says what and where.' };
export const NO_SUCH_JOB = { description: 'There is no such job, or it was deleted.' };
export const NO_SUCH_SCHEDULE = { description: 'There is no such schedule, or it was deleted.' };
export const STALE = { description: 'The schedule has changed since it was read.' };
export const FINISHED = { description: 'The schedule has nothing left to run.' };
export const IF_MATCH = {
  name: 'If-Match',
  required: false,
  description: 'The ETag last seen; 412 if it is old.',
};
