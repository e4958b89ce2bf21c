export { exitWhenParentGoes } from './exit-with-parent.js';
export { exitOnStartupFault, StartupFault } from './exit-on-startup-fault.js';
