export { exitWhenParentGoes } from './exit-with-parent.js';
