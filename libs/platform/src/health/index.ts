export { DrainState } from './drain-state.js';
export { HealthModule } from './health.module.js';
export { Pulse, PulseModule } from './pulse.js';
export type { ReadinessCheck } from './readiness-check.js';
