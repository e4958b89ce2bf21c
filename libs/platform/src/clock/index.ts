export { Clock } from './clock.js';
export { ClockModule } from './clock.module.js';
export { randomPool } from './random-pool.js';
export { newTimeOrderedId } from './time-ordered-id.js';
