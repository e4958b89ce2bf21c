import { Module } from '@nestjs/common';
import { AuditModule } from '@app/audit';
import { AuditEventsController } from './audit-events.controller.js';

@Module({ imports: [AuditModule], controllers: [AuditEventsController] })
export class AuditHttpModule {}
