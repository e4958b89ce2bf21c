export { causeOf, isUnreachable } from './unreachable.js';
