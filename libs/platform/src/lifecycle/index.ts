export { exitWhenParentGoes } from './exit-with-parent.js';
export { exitOnStartupFault } from './exit-on-startup-fault.js';
