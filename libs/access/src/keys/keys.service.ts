import { Injectable } from '@nestjs/common';
import { validate as isUuid } from 'uuid';
import type { EntityManager } from 'typeorm';
import { recordChange } from '@app/audit';
import { Clock, newTimeOrderedId } from '@app/platform/clock';
import { AppConfig } from '@app/platform/config';
import { type ExpectedVersion, requireVersion } from '@app/platform/http';
import type { Principal } from '../principal.js';
import type { ApiKey, FreshKey, KeySpec } from './api-key.js';
import { KeyCache } from './key-cache.js';
import { KeyHasher } from './key-hasher.js';
import { formatKey, newSecret } from './key-text.js';
import { keyExpired, keyNotFound, widerThanOwn } from './keys.errors.js';
import { KeysRepository, type KeyWindow } from './keys.repository.js';
import { widenings } from './narrowing.js';

/** The keys of a service: made, shown, rotated and revoked by principals that reach at least as far. */
@Injectable()
export class KeysService {
  constructor(
    private readonly repository: KeysRepository,
    private readonly hasher: KeyHasher,
    private readonly cache: KeyCache,
    private readonly clock: Clock,
    private readonly config: AppConfig,
  ) {}

  /**
   * @param service its own, or another one for an operator, who can give no more than it has itself, and makes no operators there
   * @throws ProblemError `wider_than_own`, `keys_not_configured`, `service_not_found`
   */
  async create(principal: Principal, service: string, spec: KeySpec): Promise<FreshKey> {
    refuseWider(principal, { ...spec, service });
    return this.issue(service, principal.actor, spec);
  }

  /**
   * The first key of a service, which is made too where there is none: for somebody who has the database and the pepper.
   */
  async createFirst(service: string, spec: KeySpec): Promise<FreshKey> {
    await this.repository.ensureService(service);
    return this.issue(service, 'key:create', spec);
  }

  /** @throws ProblemError `key_not_found` */
  async get(service: string, id: string): Promise<ApiKey> {
    const key = isUuid(id) ? await this.repository.find(service, id) : null;
    return key ?? notFound(id);
  }

  /** Newest first. */
  list(service: string, window: KeyWindow): Promise<ApiKey[]> {
    return this.repository.list(service, window);
  }

  /**
   * A new secret, at once. The one before is taken for `overlapSeconds` more; one from before that ends now.
   * @throws ProblemError `key_not_found`, `stale_version`, `key_expired`, `wider_than_own`
   */
  async rotate(
    principal: Principal,
    id: string,
    overlapSeconds: number,
    expected: ExpectedVersion,
  ): Promise<FreshKey> {
    const fresh = await this.repository.transaction(async (tx) => {
      const key = await this.lockForChange(tx, principal.service, id, expected);
      refuseWider(principal, key);
      const rotatedAt = this.clock.now();
      if (key.expiresAt !== null && key.expiresAt <= rotatedAt) throw keyExpired(id);
      return this.replaceSecret(tx, key, rotatedAt, overlapSeconds);
    });
    this.cache.forget(id);
    return fresh;
  }

  /**
   * Ends a key: here at once, in every other process within 5 s.
   * @throws ProblemError `key_not_found`, `stale_version`
   */
  async revoke(service: string, id: string, expected: ExpectedVersion): Promise<void> {
    await this.repository.transaction(async (tx) => {
      const key = await this.lockForChange(tx, service, id, expected);
      await this.repository.revoke(tx, id, this.clock.now());
      await recordChange(tx, { service, action: 'key.revoked', resourceId: id, before: key });
    });
    this.cache.forget(id);
  }

  private async issue(service: string, createdBy: string, spec: KeySpec): Promise<FreshKey> {
    const now = this.clock.now();
    const secret = newSecret();
    const key: ApiKey = {
      ...spec,
      id: newTimeOrderedId(now),
      service,
      createdBy,
      lastUsedAt: null,
      rotatedAt: null,
      previousValidUntil: null,
      version: 1,
      createdAt: now,
      updatedAt: now,
    };
    await this.repository.transaction(async (tx) => {
      await this.repository.insert(tx, key, this.hasher.hash(secret));
      const who = { service, actor: createdBy };
      await recordChange(tx, { ...who, action: 'key.created', resourceId: key.id, after: key });
    });
    return this.fresh(key, secret);
  }

  private async lockForChange(
    tx: EntityManager,
    service: string,
    id: string,
    expected: ExpectedVersion,
  ): Promise<ApiKey> {
    const key = isUuid(id) ? await this.repository.lockForChange(tx, service, id) : null;
    if (!key) return notFound(id);
    requireVersion(key, expected, `API key ${id}`);
    return key;
  }

  private async replaceSecret(
    tx: EntityManager,
    key: ApiKey,
    rotatedAt: Date,
    overlapSeconds: number,
  ): Promise<FreshKey> {
    const secret = newSecret();
    const secretHash = this.hasher.hash(secret);
    const previousValidUntil = new Date(rotatedAt.getTime() + overlapSeconds * 1_000);
    await this.repository.rotate(tx, key.id, { secretHash, rotatedAt, previousValidUntil });
    const changed = { rotatedAt, previousValidUntil, updatedAt: rotatedAt, version: key.version + 1 };
    const rotated: ApiKey = { ...key, ...changed };
    const { service, id } = key;
    await recordChange(tx, { service, action: 'key.rotated', resourceId: id, before: key, after: rotated });
    return this.fresh(rotated, secret);
  }

  private fresh(key: ApiKey, secret: string): FreshKey {
    return { key, text: formatKey(this.config.isProduction ? 'live' : 'test', key.id, secret) };
  }
}

function refuseWider(principal: Principal, reach: Parameters<typeof widenings>[1]): void {
  const faults = widenings(principal, reach);
  if (faults.length > 0) throw widerThanOwn(faults);
}

function notFound(id: string): never {
  throw keyNotFound(id);
}
