import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { type Expired, type Retention, RetentionRepository } from '@app/executions';

/** Forgets the history of services that keep it for less time than the installation does, a batch at a time. */
@Injectable()
export class ServiceHistoryPruner implements BeforeApplicationShutdown {
  private readonly logger = new Logger(ServiceHistoryPruner.name);
  private stopping = false;

  constructor(private readonly retentions: RetentionRepository) {}

  async pruneServices(retentionDays: number): Promise<void> {
    for (const retention of await this.retentions.shorterRetentions(retentionDays)) {
      for (const expired of expiredOf(retention)) await this.prune(expired);
    }
  }

  /** Millions of rows may take minutes: a worker that shuts down leaves them to the next round. */
  beforeApplicationShutdown(): void {
    this.stopping = true;
  }

  private async prune(expired: Expired): Promise<void> {
    let batches = 0;
    let afterId = await this.retentions.deleteExpired(expired);
    while (afterId !== null) {
      batches++;
      if (this.stopping) break;
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
