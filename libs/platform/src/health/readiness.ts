import { withoutSecretText } from '@app/platform/logging';
import { within } from '@app/platform/waiting';
import { Inject, Injectable, ServiceUnavailableException } from '@nestjs/common';
import {
  type HealthCheckResult,
  HealthCheckService,
  type HealthIndicatorResult,
  HealthIndicatorService,
} from '@nestjs/terminus';
import { DrainState } from './drain-state.js';
import { type ReadinessCheck, READINESS_CHECKS } from './readiness-check.js';

/** Shorter than the time-out of any sensible probe, so that a hanging dependency is named instead of the probe failing. */
const CHECK_TIMEOUT_MS = 2_000;

/** Runs all checks at once; a failed one never hides the others. */
@Injectable()
export class Readiness {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly drainState: DrainState,
    @Inject(READINESS_CHECKS) private readonly checks: readonly ReadinessCheck[],
  ) {}

  async report(): Promise<HealthCheckResult> {
    const indicators = this.checks.map((check) => () => this.indicate(check));
    try {
      return await this.health.check([() => this.indicateDraining(), ...indicators]);
    } catch (error) {
      // Terminus throws what it found; whoever asks wants the same report either way.
      if (error instanceof ServiceUnavailableException) return error.getResponse() as HealthCheckResult;
      throw error;
    }
  }

  private indicateDraining(): HealthIndicatorResult {
    const indicator = this.indicators.check('accepting');
    return this.drainState.isDraining ? indicator.down('shutting down') : indicator.up();
  }

  private async indicate(check: ReadinessCheck): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check(check.name);
    const failure = await failureOf(check);
    if (failure === null) return indicator.up();
    return check.required ? indicator.down(failure) : indicator.degraded(failure);
  }
}

async function failureOf(check: ReadinessCheck): Promise<string | null> {
  const outcome = check.check().then(
    () => null,
    (error: unknown) =>
      withoutSecretText(error instanceof Error ? error.message || error.name : String(error)),
  );
  return within(CHECK_TIMEOUT_MS, outcome, () => `no answer within ${CHECK_TIMEOUT_MS} ms`);
}
