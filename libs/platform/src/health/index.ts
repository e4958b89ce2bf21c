export { DrainState } from './drain-state.js';
export { HealthModule, type HealthOptions } from './health.module.js';
export { type ReadinessCheck, READINESS_CHECKS } from './readiness-check.js';
