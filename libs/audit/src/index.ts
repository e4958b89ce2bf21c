export { AUDIT_ACTIONS, type AuditAction, type AuditEvent, RESOURCE_TYPES } from './audit-event.js';
export { type AuditFilter, AuditEventsRepository } from './audit-events.repository.js';
export { AuditModule } from './audit.module.js';
export { recordChangeFrom, requestIdOf } from './audit.sql.js';
export { ownedAnything } from './owned-anything.js';
export { type Change, eventOf, recordChange, SCHEDULER_ACTOR } from './record-change.js';
