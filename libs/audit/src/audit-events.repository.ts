import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { countOf, rowsOf } from '@app/platform/database';
import type { AuditAction, AuditEvent } from './audit-event.js';
import { ALLOW_PRUNING, LIST_EVENTS, PRUNE_EVENTS } from './audit.sql.js';

/** Every condition that is there must hold. */
export interface AuditFilter {
  readonly actor?: string | undefined;
  /** Any of them. */
  readonly actions?: readonly AuditAction[] | undefined;
  /** Any of them. */
  readonly resourceTypes?: readonly string[] | undefined;
  readonly resourceId?: string | undefined;
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
}

/** Newest first, starting below `before`. */
export interface AuditWindow {
  readonly limit: number;
  readonly before?: { readonly at: string; readonly id: string } | undefined;
}

const PRUNE_BATCH = 5_000;

@Injectable()
export class AuditEventsRepository {
  constructor(private readonly dataSource: DataSource) {}

  list(service: string, filter: AuditFilter, { limit, before }: AuditWindow): Promise<AuditEvent[]> {
    const { actor, actions, resourceTypes, resourceId, from, to } = filter;
    const conditions = [actor, actions, resourceTypes, resourceId, from, to, before?.at, before?.id];
    const values = conditions.map((condition) => condition ?? null);
    return rowsOf(this.dataSource, LIST_EVENTS, [service, ...values, limit]);
  }

  /** @returns how many events were forgotten */
  async prune(retentionDays: number, stopping: AbortSignal): Promise<number> {
    for (let total = 0; ;) {
      const count = await this.pruneBatch(retentionDays);
      total += count;
      if (count < PRUNE_BATCH || stopping.aborted) return total;
    }
  }

  private pruneBatch(retentionDays: number): Promise<number> {
    return this.dataSource.transaction(async (tx) => {
      await tx.query(ALLOW_PRUNING);
      return countOf(tx, PRUNE_EVENTS, [retentionDays, PRUNE_BATCH]);
    });
  }
}
