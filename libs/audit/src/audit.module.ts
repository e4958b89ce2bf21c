import { Module } from '@nestjs/common';
import { AuditEventsRepository } from './audit-events.repository.js';

/** Reads and prunes; to record a change is `recordChange`, which needs nothing but the transaction. */
@Module({ providers: [AuditEventsRepository], exports: [AuditEventsRepository] })
export class AuditModule {}
