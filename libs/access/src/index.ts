export { AccessModule } from './access.module.js';
export { AuditHttpModule } from './audit/http/audit-http.module.js';
export { demandScopes } from './access.guard.js';
export { Admission } from './admission.js';
export { isRole, isScope, ROLE_NAMES, type Scope, SCOPES, scopesOf } from './domain/scopes.js';
export type { FreshKey, KeySpec } from './keys/api-key.js';
export { KeysHttpModule } from './keys/http/keys-http.module.js';
export { KeysModule } from './keys/keys.module.js';
export { pruneRevokedKeys } from './keys/prune-revoked-keys.js';
export { KeysService } from './keys/keys.service.js';
export { CurrentPrincipal, type Principal } from './principal.js';
export { demandInterval, demandRoom, storageExceeded } from './services/quota.js';
export {
  pruneRunMinutes,
  type RunAllowance,
  runAllowanceOf,
  RunAllowances,
  runsExceeded,
} from './services/run-quota.js';
export { RUN_MINUTE, SECONDS_LEFT, takeRunsFrom } from './services/run-quota.sql.js';
export { SLUG } from './services/domain/service.js';
export { refuseOddSlug, serviceNotFound, serviceUnknown } from './services/services.errors.js';
export { ServicesHttpModule } from './services/http/services-http.module.js';
export { endTurn } from './turns/turns.js';
export { AnyPrincipal, RequireScopes } from './require-scopes.js';
