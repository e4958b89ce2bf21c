import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { countOf, type Queryable, rowsOf } from '@app/platform/database';
import type { Envelope } from './domain/envelope.js';
import type { SecretMetadata } from './domain/secret.js';
import * as sql from './secrets.sql.js';

export interface SecretKey {
  readonly service: string;
  readonly name: string;
}

export type StoredSecret = SecretKey & Envelope;

@Injectable()
export class SecretsRepository {
  constructor(private readonly dataSource: DataSource) {}

  transaction<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return this.dataSource.transaction(work);
  }

  /** @returns null when the service has `limit` of them already */
  async put(
    tx: Queryable,
    { service, name }: SecretKey,
    sealed: Envelope,
    limit: number,
  ): Promise<SecretMetadata | null> {
    const { keyId, wrappedKey, ciphertext } = sealed;
    const values = [service, name, keyId, wrappedKey, ciphertext, limit];
    const [row] = await rowsOf<SecretMetadata>(tx, sql.PUT_SECRET, values);
    return row ?? null;
  }

  /** @returns null when it is not at that version */
  async change(
    tx: Queryable,
    { service, name }: SecretKey,
    sealed: Envelope,
    version: number,
  ): Promise<SecretMetadata | null> {
    const { keyId, wrappedKey, ciphertext } = sealed;
    const values = [service, name, keyId, wrappedKey, ciphertext, version];
    const [row] = await rowsOf<SecretMetadata>(tx, sql.CHANGE_SECRET, values);
    return row ?? null;
  }

  list(
    service: string,
    { limit, afterName }: { limit: number; afterName: string },
  ): Promise<SecretMetadata[]> {
    return rowsOf(this.dataSource, sql.LIST_SECRETS, [service, afterName, limit]);
  }

  /** @param db the caller's transaction, if it is in one */
  async find({ service, name }: SecretKey, db: Queryable = this.dataSource): Promise<SecretMetadata | null> {
    const [secret] = await rowsOf<SecretMetadata>(db, sql.FIND_SECRET, [service, name]);
    return secret ?? null;
  }

  /** @returns whether it was there, at that version */
  async delete(tx: Queryable, { service, name }: SecretKey, version: number | null): Promise<boolean> {
    return (await countOf(tx, sql.DELETE_SECRET, [service, name, version])) > 0;
  }

  /** Those that exist. */
  envelopes(keys: readonly SecretKey[]): Promise<StoredSecret[]> {
    const [services, names] = [keys.map(({ service }) => service), keys.map(({ name }) => name)];
    return rowsOf(this.dataSource, sql.ENVELOPES_OF_SECRETS, [services, names]);
  }

  lockToRewrap(tx: EntityManager, keyId: string, after: SecretKey, limit: number): Promise<StoredSecret[]> {
    return rowsOf(tx, sql.LOCK_SECRETS_TO_REWRAP, [keyId, after.service, after.name, limit]);
  }

  async rewrap(tx: Queryable, keyId: string, rows: readonly StoredSecret[]): Promise<void> {
    await tx.query(sql.REWRAP_SECRETS, [
      keyId,
      rows.map(({ service }) => service),
      rows.map(({ name }) => name),
      rows.map(({ wrappedKey }) => wrappedKey),
    ]);
  }
}
