import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '@app/platform/clock';
import { KeptBriefly, rowsOf } from '@app/platform/database';
import { EGRESS_ALLOW_OF_SERVICES } from './service-egress.sql.js';

/** How long an operator's change may take to reach the workers. */
const KEPT_MS = 5_000;

/** What each service's own list lets its HTTP targets reach. */
@Injectable()
export class ServiceEgress {
  private readonly kept: KeptBriefly<readonly string[]>;

  constructor(
    private readonly dataSource: DataSource,
    clock: Clock,
  ) {
    this.kept = new KeptBriefly(
      (services) => this.loadAll(services),
      KEPT_MS,
      () => clock.monotonicMs(),
    );
  }

  allowOf(service: string): Promise<readonly string[]> {
    return this.kept.of(service);
  }

  private async loadAll(services: readonly string[]): Promise<(readonly string[])[]> {
    const rows = await rowsOf<{ slug: string; egressAllow: string[] }>(
      this.dataSource,
      EGRESS_ALLOW_OF_SERVICES,
      [services],
    );
    const lists = new Map(rows.map(({ slug, egressAllow }) => [slug, egressAllow]));
    return services.map((service) => lists.get(service) ?? []);
  }
}
