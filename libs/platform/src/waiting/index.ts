export { LoopTurns } from './loop-turns.js';
export { within } from './within.js';
