export { AccessModule } from './access.module.js';
export { demandScopes } from './access.guard.js';
export { ROLE_NAMES, type Role, ROLES, type Scope, SCOPES } from './domain/scopes.js';
export { CurrentPrincipal, type Principal } from './principal.js';
export { AnyPrincipal, RequireScopes } from './require-scopes.js';
