import { Injectable } from '@nestjs/common';
import type { Response } from 'express';
import { Clock } from '@app/platform/clock';
import { AppConfig } from '@app/platform/config';
import { rateLimited } from '../access.errors.js';
import { networkOf } from '../cidr.js';
import type { Principal } from '../principal.js';
import { type Budget, headersOf, refusing } from './budget.js';
import { SharedCounts } from './shared-counts.js';

/** At most this many. With more, nobody can tell which of them are attackers, so all are forgotten. */
const MOST_SUSPECTS = 10_000;

/** How many requests a principal and its service may make, and how often an address may fail to say who it is. */
@Injectable()
export class RateLimits {
  /** Networks that have failed too often, until when (monotonic). */
  private readonly suspects = new Map<string, number>();

  constructor(
    private readonly config: AppConfig,
    private readonly counts: SharedCounts,
    private readonly clock: Clock,
  ) {}

  /** @throws ProblemError `rate_limited` */
  async admit(principal: Principal, response: Response): Promise<void> {
    if (this.config.authMode === 'none') return;
    await this.take(this.budgetsOf(principal), response);
  }

  /**
   * Whether an address has failed so often that nothing is looked up for it any more. Keys in the cache still work: behind
   * a proxy that is not trusted, all callers have one address, and one of them must not shut out the rest.
   */
  isSuspect(address: string): boolean {
    if (this.suspects.size === 0) return false;
    return (this.suspects.get(networkOf(address)) ?? 0) > this.clock.monotonicMs();
  }

  /** @throws ProblemError `rate_limited` instead of whatever the caller would have been told */
  async noteFailure(address: string, response: Response): Promise<void> {
    const limit = this.config.rateLimits.failuresPerMinute;
    if (limit === 0) return;
    const network = networkOf(address);
    const budget: Budget = { name: 'address', key: `address:${network}`, limit };
    try {
      await this.take([budget], response);
    } catch (error) {
      this.suspect(network);
      throw error;
    }
  }

  private budgetsOf({ service, actor }: Principal): Budget[] {
    const { keyPerMinute, servicePerMinute } = this.config.rateLimits;
    const budgets: Budget[] = [
      { name: 'key', key: `{${service}}:${actor}`, limit: keyPerMinute },
      { name: 'service', key: `{${service}}`, limit: servicePerMinute },
    ];
    return budgets.filter(({ limit }) => limit > 0);
  }

  private async take(budgets: readonly Budget[], response: Response): Promise<void> {
    if (budgets.length === 0) return;
    const counted = await this.counts.take(budgets);
    response.set(headersOf(budgets, counted));
    if (!counted.isRefused) return;
    const { budget, count } = refusing(budgets, counted);
    throw rateLimited(budget.name, budget.limit, Math.max(1, Math.ceil(count.resetMs / 1_000)));
  }

  /** For a second: the count, which all processes share, is asked again then. */
  private suspect(network: string): void {
    if (this.suspects.size >= MOST_SUSPECTS) this.suspects.clear();
    this.suspects.set(network, this.clock.monotonicMs() + 1_000);
  }
}
