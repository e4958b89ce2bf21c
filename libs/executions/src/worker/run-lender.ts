import { Injectable, Logger } from '@nestjs/common';
import { retryWhileAway } from '@app/platform/database';
import type { RunGrants } from '@app/targets';
import type { Claim } from '../domain/claim.js';
import { ServiceEgress } from './service-egress.js';

/** Fetches what a run's service lends it, right before the run: nothing of it is stored with the run or in the queue. */
@Injectable()
export class RunLender {
  private readonly logger = new Logger(RunLender.name);

  constructor(private readonly egress: ServiceEgress) {}

  /** Not given up while the database is away: the run is claimed, and nobody else will run it. */
  lend(claim: Claim): Promise<RunGrants> {
    return retryWhileAway(
      () => this.lendOnce(claim),
      (error) => this.logger.warn(`execution ${claim.id} waits for what it needs: ${error.message}`),
    );
  }

  private async lendOnce({ service }: Claim): Promise<RunGrants> {
    return { service, egressAllow: await this.egress.allowOf(service) };
  }
}
