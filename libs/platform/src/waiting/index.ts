export { LoopTurns, TurnLine } from './loop-turns.js';
export { recentAnswer } from './recent-answer.js';
export { sleep } from './sleep.js';
export { settledWithin, within } from './within.js';
