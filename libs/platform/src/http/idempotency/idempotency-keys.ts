import { countOf, rowsOf } from '@app/platform/database';
import type { DataSource } from 'typeorm';
import * as sql from './idempotency-keys.sql.js';
import { type StoredAnswer } from './stored-answer.js';

export interface KeyUse {
  readonly service: string;
  readonly key: string;
  readonly requestHash: string;
}

/** What a key turned out to be. `lock` is the proof of having begun, needed to end; `madeId` of one who was cut off. */
export type Begun =
  | { readonly type: 'begun'; readonly lock: string; readonly madeId: string | null }
  | { readonly type: 'done'; readonly answer: StoredAnswer }
  | { readonly type: 'running' }
  | { readonly type: 'other_request' };

interface KeyRow {
  readonly requestHash: string;
  readonly state: 'running' | 'done';
  readonly status: number;
  readonly headers: StoredAnswer['headers'];
  /** JSON inside a JSON string: jsonb would sort the members, and a repeat should get the same bytes. */
  readonly body: string;
}

const PRUNE_BATCH = 10_000;

/** The idempotency keys of the last 24 hours and the answers they got. */
export class IdempotencyKeys {
  constructor(private readonly dataSource: DataSource) {}

  /** @param lockSeconds how long the request may take; after that it counts as crashed, and another may take over */
  async begin(use: KeyUse, lockSeconds: number): Promise<Begun> {
    const { service, key, requestHash } = use;
    const [begun] = await rowsOf<{ lock: string; madeId: string | null }>(this.dataSource, sql.BEGIN, [
      service,
      key,
      requestHash,
      lockSeconds,
    ]);
    if (begun !== undefined) return { type: 'begun', ...begun };
    const [row] = await rowsOf<KeyRow>(this.dataSource, sql.FIND, [service, key]);
    if (row === undefined) return { type: 'running' }; // Released in between: the caller's next try begins.
    if (row.requestHash !== requestHash) return { type: 'other_request' };
    // An earlier version, which keeps refusals, has just finished: the caller's next try begins.
    if (row.state === 'running' || row.status >= 400) return { type: 'running' };
    return { type: 'done', answer: { ...row, body: JSON.parse(row.body) as unknown } };
  }

  async finish(
    { service, key }: KeyUse,
    lock: string,
    { status, headers, body }: StoredAnswer,
  ): Promise<void> {
    const answer = [status, JSON.stringify(headers), JSON.stringify(JSON.stringify(body))];
    await this.dataSource.query(sql.FINISH, [service, key, lock, ...answer]);
  }

  async release({ service, key }: KeyUse, lock: string): Promise<void> {
    await this.dataSource.query(sql.RELEASE, [service, key, lock]);
  }
}

/** Deletes keys that are past their 24 hours; answers how many. */
export async function pruneIdempotencyKeys(dataSource: DataSource, stopping: AbortSignal): Promise<number> {
  let total = 0;
  for (;;) {
    const pruned = await countOf(dataSource, sql.PRUNE, [PRUNE_BATCH]);
    total += pruned;
    if (pruned < PRUNE_BATCH || stopping.aborted) return total;
  }
}
