export { failPoint } from './fail-point.js';
