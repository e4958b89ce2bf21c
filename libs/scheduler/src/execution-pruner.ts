import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { pruneRevokedKeys, pruneRunMinutes } from '@app/access';
import { AuditEventsRepository } from '@app/audit';
import {
  BulkOperationsRepository,
  PartitionsRepository,
  RescueRepository,
  RetentionRepository,
} from '@app/executions';
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
    private readonly retentions: RetentionRepository,
    private readonly rescues: RescueRepository,
    private readonly bulk: BulkOperationsRepository,
    private readonly audit: AuditEventsRepository,
    private readonly config: AppConfig,
    private readonly dataSource: DataSource,
  ) {}

  /**
   * One step that fails, say for a partition that a dump reads, keeps no other from its work.
   * @param stopping leaves to the next round what is deleted batch by batch
   * @throws the first step's error, once all have been tried
   */
  async prune(stopping: AbortSignal): Promise<void> {
    const errors: unknown[] = [];
    for (const step of this.steps(stopping)) await step().catch((error: unknown) => errors.push(error));
    if (errors.length > 0) throw errors[0];
  }

  private steps(stopping: AbortSignal): (() => Promise<unknown>)[] {
    const { retentionDays, auditRetentionDays } = this.config;
    return [
      () => this.dropWeeks(stopping),
      () => this.services.pruneServices(retentionDays, stopping),
      () => this.retentions.pruneJobs(retentionDays, stopping),
      () => this.rescues.pruneSessions(),
      () => this.bulk.prune(retentionDays),
      () => this.audit.prune(auditRetentionDays, stopping),
      () => pruneRunMinutes(this.dataSource),
      () => pruneRevokedKeys(this.dataSource, retentionDays),
      () => pruneIdempotencyKeys(this.dataSource, stopping),
    ];
  }

  private async dropWeeks(stopping: AbortSignal): Promise<void> {
    const dropped = await this.partitions.maintain(this.config.retentionDays, stopping);
    if (dropped && dropped.length > 0) this.logger.log(`dropped ${dropped.join(', ')}`);
  }
}
