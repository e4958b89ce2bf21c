/** What several operations say of themselves in the OpenAPI document. */
export const NO_SUCH_EXECUTION = { description: 'There is no such execution.' };

export const PREFER_WAIT = {
  name: 'Prefer',
  required: false,
  description:
    '`wait=N` waits up to N seconds (at most 60) for the end of the run. When too many requests of the service are ' +
    'waiting already, the answer comes at once, without `Preference-Applied`.',
  schema: { type: 'string', example: 'wait=10' },
};

const LOCATION = { Location: { description: 'The execution.', schema: { type: 'string' } } } as const;

export const ACCEPTED = { description: 'It will run; `Location` is where to follow it.', headers: LOCATION };

export const ENDED_IN_TIME = {
  description: 'The client preferred to wait, and the run has ended.',
  headers: LOCATION,
};
