import { Injectable, Logger } from '@nestjs/common';
import { type Expired, type Retention, RetentionRepository } from '@app/executions';

/** Forgets the history of services that keep it for less time than the installation does, a batch at a time. */
@Injectable()
export class ServiceHistoryPruner {
  private readonly logger = new Logger(ServiceHistoryPruner.name);

  constructor(private readonly retentions: RetentionRepository) {}

  /** @param stopping leaves the rest to the next round: millions of rows may take minutes */
  async pruneServices(retentionDays: number, stopping: AbortSignal): Promise<void> {
    for (const retention of await this.retentions.shorterRetentions(retentionDays)) {
      for (const expired of expiredOf(retention)) await this.prune(expired, stopping);
    }
  }

  private async prune(expired: Expired, stopping: AbortSignal): Promise<void> {
    let batches = 0;
    let afterId = await this.retentions.deleteExpired(expired);
    while (afterId !== null) {
      batches++;
      if (stopping.aborted) break;
      afterId = await this.retentions.deleteExpired(expired, afterId);
    }
    if (batches > 0)
      this.logger.log(`${expired.service}: forgot what ${expired.outcome}, in ${batches} batches`);
  }
}

function expiredOf({ service, succeededBefore, failedBefore }: Retention): Expired[] {
  const expired: Expired[] = [];
  if (succeededBefore) expired.push({ service, outcome: 'succeeded', before: succeededBefore });
  if (failedBefore) expired.push({ service, outcome: 'failed', before: failedBefore });
  return expired;
}
