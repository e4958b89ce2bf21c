import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, IsNull, LessThan, Repository } from 'typeorm';
import { type Clashes, namingClash, rowsOf } from '@app/platform/database';
import { serviceNotFound } from '../services/services.errors.js';
import type { ApiKey, KnownKey } from './api-key.js';
import { ApiKeyEntity } from './api-key.entity.js';
import * as sql from './keys.sql.js';

/** Newest first, starting below `beforeId`. */
export interface KeyWindow {
  readonly limit: number;
  readonly beforeId?: string | undefined;
}

export interface Rotation {
  readonly secretHash: Buffer;
  readonly rotatedAt: Date;
  readonly previousValidUntil: Date;
}

@Injectable()
export class KeysRepository {
  constructor(@InjectRepository(ApiKeyEntity) private readonly keys: Repository<ApiKeyEntity>) {}

  transaction<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return this.keys.manager.transaction(work);
  }

  /** Of whichever service: for the moment in which a caller is not known yet. */
  known(ids: readonly string[]): Promise<KnownKey[]> {
    return rowsOf(this.keys.manager, sql.KNOWN_KEYS, [ids]);
  }

  find(service: string, id: string): Promise<ApiKey | null> {
    return this.keys.findOneBy({ id, service, revokedAt: IsNull() });
  }

  list(service: string, { limit, beforeId }: KeyWindow): Promise<ApiKey[]> {
    const below = beforeId === undefined ? {} : { id: LessThan(beforeId) };
    return this.keys.find({
      where: { service, revokedAt: IsNull(), ...below },
      order: { id: 'DESC' },
      take: limit,
    });
  }

  async insert(tx: EntityManager, key: ApiKey, secretHash: Buffer): Promise<void> {
    const lists = { scopes: [...key.scopes], allowedCidrs: [...key.allowedCidrs] };
    const row = { ...key, ...lists, secretHash };
    await namingClash(clashesOf(key), () => tx.insert(ApiKeyEntity, row));
  }

  async ensureService(slug: string): Promise<void> {
    await this.keys.query(sql.ENSURE_SERVICE, [slug]);
  }

  lockForChange(tx: EntityManager, service: string, id: string): Promise<ApiKey | null> {
    return tx.findOne(ApiKeyEntity, {
      where: { id, service, revokedAt: IsNull() },
      lock: { mode: 'for_no_key_update' },
    });
  }

  async rotate(tx: EntityManager, id: string, rotation: Rotation): Promise<void> {
    const { secretHash, rotatedAt, previousValidUntil } = rotation;
    await tx.query(sql.ROTATE, [id, secretHash, rotatedAt, previousValidUntil]);
  }

  async revoke(tx: EntityManager, id: string, revokedAt: Date): Promise<void> {
    await tx.update(ApiKeyEntity, { id }, { revokedAt, updatedAt: revokedAt });
  }

  /** @returns the ids of those that were written */
  async noteUses(uses: ReadonlyMap<string, Date>): Promise<string[]> {
    const rows = await rowsOf<{ id: string }>(this.keys.manager, sql.NOTE_USES, [
      [...uses.keys()],
      [...uses.values()],
    ]);
    return rows.map(({ id }) => id);
  }
}

function clashesOf({ service }: ApiKey): Clashes {
  return { api_keys_service_fkey: () => serviceNotFound(service) };
}
