import { Injectable, Logger } from '@nestjs/common';
import { retryWhileAway } from '@app/platform/database';
import { SecretResolver, SigningKeys } from '@app/secrets';
import { type RunGrants, secretNamesIn } from '@app/targets';
import type { Claim } from '../domain/claim.js';
import { runLogFields } from './run-log-fields.js';
import { ServiceEgress } from './service-egress.js';

/** Fetches what a run's service lends it, right before the run: nothing of it is stored with the run or in the queue. */
@Injectable()
export class RunLender {
  private readonly logger = new Logger(RunLender.name);

  constructor(
    private readonly egress: ServiceEgress,
    private readonly secrets: SecretResolver,
    private readonly signingKeys: SigningKeys,
  ) {}

  /** Not given up while the database is away: the run is claimed, and nobody else will run it. */
  lend(claim: Claim): Promise<RunGrants> {
    return retryWhileAway(
      () => this.lendOnce(claim),
      (error) => this.logger.warn(`waits for what it needs: ${error.message}`, runLogFields(claim)),
    );
  }

  /** A job without references asks for no secret, and a command for nothing that only calls need. */
  private async lendOnce({ service, target }: Claim): Promise<RunGrants> {
    const names = secretNamesIn(target);
    const isHttp = target.type === 'http';
    const [egressAllow, secrets, signingSecrets] = await Promise.all([
      isHttp ? this.egress.allowOf(service) : [],
      this.secrets.valuesOf(service, names),
      isHttp ? this.signingKeys.of(service) : [],
    ]);
    return { service, egressAllow, secrets, signingSecrets };
  }
}
