export { failPoint } from './fail-point.js';
export { FAIL_POINTS, type FailPointName } from './fail-points.js';
