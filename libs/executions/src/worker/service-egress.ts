import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { rowsOf } from '@app/platform/database';
import { Clock } from '@app/platform/clock';
import { batchWhileBusy } from './batch-while-busy.js';
import { EGRESS_ALLOW_OF_SERVICES } from './service-egress.sql.js';

/** How long an operator's change may take to reach the workers. */
const KEPT_MS = 5_000;
const MAX_KEPT = 2_000;
const MAX_BATCH = 500;

interface Kept {
  readonly egressAllow: Promise<readonly string[]>;
  readonly untilMs: number;
}

/** What each service's own list lets its HTTP targets reach. Asked once in 5 s for a service, however many runs it has. */
@Injectable()
export class ServiceEgress {
  private readonly kept = new Map<string, Kept>();
  private readonly askBatched = batchWhileBusy(
    (services: readonly string[]) => this.askAll(services),
    MAX_BATCH,
  );

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  allowOf(service: string): Promise<readonly string[]> {
    const kept = this.kept.get(service);
    if (kept && kept.untilMs > this.clock.monotonicMs()) return kept.egressAllow;
    return this.ask(service);
  }

  private ask(service: string): Promise<readonly string[]> {
    if (this.kept.size >= MAX_KEPT) this.kept.clear();
    const egressAllow = this.askBatched(service);
    this.kept.set(service, { egressAllow, untilMs: this.clock.monotonicMs() + KEPT_MS });
    egressAllow.catch(() => this.kept.delete(service)); // a failure is for those who asked, not for those who come later
    return egressAllow;
  }

  private async askAll(services: readonly string[]): Promise<(readonly string[])[]> {
    const rows = await rowsOf<{ slug: string; egressAllow: string[] }>(
      this.dataSource,
      EGRESS_ALLOW_OF_SERVICES,
      [services],
    );
    const lists = new Map(rows.map(({ slug, egressAllow }) => [slug, egressAllow]));
    return services.map((service) => lists.get(service) ?? []);
  }
}
