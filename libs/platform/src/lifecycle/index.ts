export { settledWithin } from './settled-within.js';
export { exitWhenParentGoes } from './exit-with-parent.js';
export { causeOf, databaseFault } from './database-fault.js';
export { exitOnCommandFault } from './exit-on-command-fault.js';
export { exitOnStartupFault, StartupFault } from './exit-on-startup-fault.js';
