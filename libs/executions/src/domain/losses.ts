/** A run that took so many workers down with it is not given another. */
export const LOST_LIMIT = 3;
/** Its last try is alone in its process: what it may take down with it then is itself. */
export const ISOLATED_FROM_LOSSES = LOST_LIMIT - 1;
/** Where every worker is busy with long runs, no process becomes free: after this it runs beside others rather than never. */
export const ISOLATED_FOR_MINUTES = 30;
