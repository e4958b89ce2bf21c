import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { pruneRunMinutes } from '@app/access';
import { AuditEventsRepository } from '@app/audit';
import { BulkOperationsRepository, PartitionsRepository, RescueRepository } from '@app/executions';
import { AppConfig } from '@app/platform/config';
import { pruneIdempotencyKeys } from '@app/platform/http';
import { ServiceHistoryPruner } from './service-history-pruner.js';

/** Makes room: drops history past retention, a week at a time, and forgets what nobody can ask for any more. */
@Injectable()
export class ExecutionPruner {
  private readonly logger = new Logger(ExecutionPruner.name);

  constructor(
    private readonly partitions: PartitionsRepository,
    private readonly services: ServiceHistoryPruner,
    private readonly rescues: RescueRepository,
    private readonly bulk: BulkOperationsRepository,
    private readonly audit: AuditEventsRepository,
    private readonly config: AppConfig,
    private readonly dataSource: DataSource,
  ) {}

  /** @param stopping leaves to the next round what is deleted batch by batch */
  async prune(stopping: AbortSignal): Promise<void> {
    const dropped = await this.partitions.maintain(this.config.retentionDays, stopping);
    if (dropped && dropped.length > 0) this.logger.log(`dropped ${dropped.join(', ')}`);
    await this.services.pruneServices(this.config.retentionDays, stopping);
    await this.rescues.pruneSessions();
    await this.bulk.prune(this.config.retentionDays);
    await this.audit.prune(this.config.auditRetentionDays, stopping);
    await pruneRunMinutes(this.dataSource);
    await pruneIdempotencyKeys(this.dataSource, stopping);
  }
}
