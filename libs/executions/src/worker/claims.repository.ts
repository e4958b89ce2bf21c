import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { listOf, listOfInstants, listOfJson, preparedRowsOf, rowsOf } from '@app/platform/database';
import type { Claim } from '../domain/claim.js';
import { scheduledForOf } from '../domain/execution-id.js';
import type { Attempt } from '../domain/execution.js';
import type { Settlement } from '../domain/settlement.js';
import type { QueuedRun } from '../domain/queue-message.js';
import * as sql from './claims.sql.js';
import { batchWhileBusy } from '../batch-while-busy.js';

interface ClaimKey extends QueuedRun {
  readonly sessionId: string;
}

interface SettleKey {
  readonly claim: Claim;
  readonly settlement: Settlement;
  readonly attempt: Attempt;
}

export interface Settled {
  /** Another run of the job waits on hold, and this one's end may let it go. */
  readonly unblocks: boolean;
}

export interface CancelRequested {
  readonly id: string;
  readonly isNew: boolean;
}

const MAX_BATCH = 500;

/** What a worker writes: concurrent claims and settles leave in one statement each. */
@Injectable()
export class ClaimsRepository {
  private readonly claimBatched = batchWhileBusy(
    (keys: readonly ClaimKey[]) => this.claimAll(keys),
    MAX_BATCH,
  );
  private readonly settleBatched = batchWhileBusy(
    (keys: readonly SettleKey[]) => this.settleAll(keys),
    MAX_BATCH,
  );

  constructor(private readonly dataSource: DataSource) {}

  /** queued → running. @returns null for a stale message: cancelled, handed over again, or already claimed */
  claim(queued: QueuedRun, sessionId: string): Promise<Claim | null> {
    return this.claimBatched({ ...queued, sessionId });
  }

  /** running → final, or → pending for a retry or a release. @returns null when the run was taken from this worker */
  settle(claim: Claim, settlement: Settlement, attempt: Attempt): Promise<Settled | null> {
    return this.settleBatched({ claim, settlement, attempt });
  }

  /** queued → pending, due in a while, for a message that this process may not run now. */
  async putOff(queued: QueuedRun, delayMs: number): Promise<void> {
    const { executionId, delivery } = queued;
    await this.dataSource.query(sql.PUT_OFF, [executionId, scheduledForOf(executionId), delivery, delayMs]);
  }

  /** Whether an earlier settle whose answer was lost did commit. */
  async wasSettled(claim: Claim, attempt: Attempt): Promise<boolean> {
    const [row] = await rowsOf<{ found: boolean }>(this.dataSource, sql.WAS_SETTLED, [
      claim.id,
      claim.scheduledFor,
      JSON.stringify([{ attempt: attempt.attempt, outcome: attempt.outcome, workerId: attempt.workerId }]),
    ]);
    return row?.found ?? false;
  }

  /** Keeps a result that came too late on the record, marked as such. */
  async recordDiscarded(claim: Claim, attempt: Attempt): Promise<void> {
    const discarded = JSON.stringify([{ ...attempt, outcome: 'discarded' }]);
    await this.dataSource.query(sql.RECORD_DISCARDED, [claim.id, claim.scheduledFor, discarded]);
  }

  /** Which of a session's runs somebody asked to end, and which of those requests nobody has seen before. */
  cancelRequested(sessionId: string): Promise<CancelRequested[]> {
    return rowsOf(this.dataSource, sql.CANCEL_REQUESTED, [sessionId]);
  }

  /** Records that the worker has the request. */
  async cancelDelivered(sessionId: string, executionIds: readonly string[]): Promise<void> {
    const ids = inOrderOf(executionIds, (id) => id);
    await this.dataSource.query(sql.CANCEL_DELIVERED, [sessionId, ids, ids.map(scheduledForOf)]);
  }

  /** Gives back what the session holds without running it. @param inFlight what it does run */
  async releaseOrphans(
    sessionId: string,
    inFlight: readonly string[],
    olderThanMs: number,
  ): Promise<string[]> {
    const rows = await rowsOf<{ id: string }>(this.dataSource, sql.RELEASE_ORPHANS, [
      sessionId,
      inFlight,
      olderThanMs,
    ]);
    return rows.map((row) => row.id);
  }

  private async claimAll(keys: readonly ClaimKey[]): Promise<(Claim | null)[]> {
    const ordered = inOrderOf(keys, ({ executionId }) => executionId);
    const rows = await preparedRowsOf<Claim>(this.dataSource, 'claim', sql.CLAIM, [
      listOf(ordered.map((key) => key.executionId)),
      listOfInstants(ordered.map((key) => scheduledForOf(key.executionId))),
      listOf(ordered.map((key) => key.delivery)),
      keys[0]?.sessionId,
    ]);
    const claims = new Map(rows.map((claim) => [`${claim.id}-${claim.delivery}`, claim]));
    return keys.map((key) => takeFrom(claims, `${key.executionId}-${key.delivery}`));
  }

  private async settleAll(keys: readonly SettleKey[]): Promise<(Settled | null)[]> {
    const rows = await preparedRowsOf<Settled & { id: string }>(
      this.dataSource,
      'settle',
      sql.SETTLE,
      settleColumnsOf(inOrderOf(keys, ({ claim }) => claim.id)),
    );
    const settled = new Map(rows.map((row) => [row.id, row]));
    return keys.map((key) => settled.get(key.claim.id) ?? null);
  }
}

/** All lock their rows in this order: of two that want the same ones, one waits for the other, and never each for the other. */
function inOrderOf<T>(items: readonly T[], idOf: (item: T) => string): T[] {
  return [...items].sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
}

/** The same message twice in one batch: the first gets the claim, the second is stale. */
function takeFrom(claims: Map<string, Claim>, key: string): Claim | null {
  const claim = claims.get(key) ?? null;
  claims.delete(key);
  return claim;
}

/** The parameters of SETTLE, in its order. */
function settleColumnsOf(keys: readonly SettleKey[]): string[] {
  return [
    listOf(keys.map(({ claim }) => claim.id)),
    listOfInstants(keys.map(({ claim }) => claim.scheduledFor)),
    listOf(keys.map(({ claim }) => claim.delivery)),
    listOf(keys.map(({ claim }) => claim.sessionId)),
    listOf(keys.map(({ settlement }) => (settlement.type === 'finished' ? settlement.state : 'pending'))),
    listOf(keys.map(({ settlement }) => (settlement.type === 'finished' ? 0 : settlement.delayMs))),
    listOf(keys.map(({ settlement }) => (settlement.type === 'released' ? 1 : 0))),
    listOfJson(keys.map(({ settlement }) => settlement.result)),
    listOfJson(keys.map(({ settlement }) => settlement.error)),
    listOfJson(keys.map(({ attempt }) => attempt)),
    listOf(keys.map(({ settlement }) => (settlement.type === 'finished' ? settlement.cancel : null))),
  ];
}
