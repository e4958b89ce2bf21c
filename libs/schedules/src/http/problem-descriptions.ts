/** What the refusals of these endpoints mean, for the OpenAPI document. */
export const NO_SUCH_JOB = { description: 'There is no such job, or it was deleted.' };
export const NO_SUCH_SCHEDULE = { description: 'There is no such schedule, or it was deleted.' };
export const STALE = { description: 'The schedule has changed since it was read.' };
export const FINISHED = { description: 'The schedule has nothing left to run.' };
export const NOTHING_LEFT_TO_RESUME = {
  description: '`active` is true, and the schedule has nothing left to run.',
};
export const UNREADABLE = {
  description: 'This version of the service cannot read the stored schedule (`schedule_unreadable`).',
};
