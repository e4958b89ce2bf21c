export { AccessModule } from './access.module.js';
export { CurrentPrincipal, type Principal } from './principal.js';
