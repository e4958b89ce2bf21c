import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { countOf, type Queryable, rowsOf } from '@app/platform/database';
import type { Envelope } from '../domain/envelope.js';
import type { SigningSecretMetadata } from '../domain/signing-secret.js';
import * as sql from './signing-secrets.sql.js';

export type StoredSigningSecret = Envelope & { readonly id: string; readonly service: string };

@Injectable()
export class SigningSecretsRepository {
  constructor(private readonly dataSource: DataSource) {}

  transaction<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return this.dataSource.transaction(work);
  }

  /** Those that sign now, newest first. */
  valid(services: readonly string[]): Promise<(SigningSecretMetadata & Envelope)[]> {
    return rowsOf(this.dataSource, sql.VALID_SIGNING_SECRETS, [services]);
  }

  async lockService(tx: Queryable, service: string): Promise<void> {
    await tx.query(sql.LOCK_SERVICE, [service]);
  }

  async letCurrentExpire(tx: Queryable, service: string, overlapSeconds: number): Promise<void> {
    await tx.query(sql.LET_CURRENT_EXPIRE, [service, overlapSeconds]);
  }

  async dropOld(tx: Queryable, service: string, kept: number): Promise<void> {
    await tx.query(sql.DROP_OLD_SIGNING_SECRETS, [service, kept]);
  }

  async insert(
    tx: Queryable,
    { id, service, keyId, wrappedKey, ciphertext }: StoredSigningSecret,
  ): Promise<Date> {
    const values = [id, service, keyId, wrappedKey, ciphertext];
    const [row] = await rowsOf<{ createdAt: Date }>(tx, sql.INSERT_SIGNING_SECRET, values);
    return row!.createdAt;
  }

  /** @returns whether there was one */
  async delete(tx: Queryable, service: string, id: string): Promise<boolean> {
    return (await countOf(tx, sql.DELETE_SIGNING_SECRET, [service, id])) > 0;
  }

  lockToRewrap(
    tx: EntityManager,
    keyId: string,
    afterId: string,
    limit: number,
  ): Promise<StoredSigningSecret[]> {
    return rowsOf(tx, sql.LOCK_SIGNING_SECRETS_TO_REWRAP, [keyId, afterId, limit]);
  }

  async rewrap(tx: Queryable, keyId: string, rows: readonly StoredSigningSecret[]): Promise<void> {
    const [ids, wrappedKeys] = [rows.map(({ id }) => id), rows.map(({ wrappedKey }) => wrappedKey)];
    await tx.query(sql.REWRAP_SIGNING_SECRETS, [keyId, ids, wrappedKeys]);
  }
}
