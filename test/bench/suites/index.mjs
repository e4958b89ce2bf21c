import { api } from './api.mjs';
import { cron } from './cron.mjs';
import { delay } from './delay.mjs';
import { firing } from './firing.mjs';
import { growth } from './growth.mjs';
import { mix } from './mix.mjs';
import { recurrence } from './recurrence.mjs';
import { runs } from './runs.mjs';
import { startup } from './startup.mjs';
import { tick } from './tick.mjs';

/** In the order in which they run and are printed. */
export const suites = { recurrence, firing, tick, delay, cron, runs, api, mix, growth, startup };
