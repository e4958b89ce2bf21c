import { withoutSecretText } from '@app/platform/logging';
import { recentAnswer, within } from '@app/platform/waiting';
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
/** Nobody needs a credential to ask, and the checks cost statements: whoever asks within this time shares what they found. */
const KEPT_MS = 1_000;

/** Runs all checks at once; a failed one never hides the others. */
@Injectable()
export class Readiness {
  /** Why each of the checks failed, in their order; null for what is up. */
  private readonly failures = recentAnswer(
    () => Promise.all(this.checks.map(failureOf)),
    KEPT_MS,
    () => performance.now(),
  );

  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly drainState: DrainState,
    @Inject(READINESS_CHECKS) private readonly checks: readonly ReadinessCheck[],
  ) {}

  async report(): Promise<HealthCheckResult> {
    const failures = await this.failures();
    const indicators = this.checks.map((check, at) => () => this.indicate(check, failures[at] ?? null));
    try {
      // A drain is not among what is shared: balancers must learn of it at once.
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

  private indicate(check: ReadinessCheck, failure: string | null): HealthIndicatorResult {
    const indicator = this.indicators.check(check.name);
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
