import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { recordChange } from '@app/audit';
import { type Existence, type ExpectedVersion, staleVersion } from '@app/platform/http';
import type { Envelope } from './domain/envelope.js';
import { secretOwner, type SecretMetadata } from './domain/secret.js';
import { SecretVault } from './secret-vault.js';
import { secretNotFound, secretUnexpectedly, tooManySecrets } from './secrets.errors.js';
import { type SecretKey, SecretsRepository } from './secrets.repository.js';

/** With 16 KB each, what one service may store here. */
const MAX_SECRETS_OF_SERVICE = 1_000;

/** What the api does with secrets: it takes them, lists what there is, and forgets them. It never reads one back. */
@Injectable()
export class SecretsService {
  constructor(
    private readonly repository: SecretsRepository,
    private readonly vault: SecretVault,
  ) {}

  /**
   * @param expected the version that the caller has seen, or whether there was one; null when it does not matter
   * @throws ProblemError `secrets_not_configured`, `too_many_secrets`, `stale_version`, `secret_exists`, `secret_absent`
   */
  async put(
    service: string,
    name: string,
    value: string,
    expected: ExpectedVersion | Existence,
  ): Promise<SecretMetadata> {
    const sealed = this.vault.seal(value, secretOwner({ service, name }));
    return this.repository.transaction(async (tx) => {
      const secret = await this.store(tx, { service, name }, sealed, expected);
      const action = secret.version === 1 ? 'secret.created' : 'secret.updated';
      await recordChange(tx, { service, action, resourceId: name, after: { version: secret.version } });
      return secret;
    });
  }

  /** By name. */
  list(service: string, window: { limit: number; afterName: string }): Promise<SecretMetadata[]> {
    return this.repository.list(service, window);
  }

  /** @throws ProblemError `secret_not_found` */
  async get(service: string, name: string): Promise<SecretMetadata> {
    const secret = await this.repository.find({ service, name });
    if (!secret) throw secretNotFound(name);
    return secret;
  }

  /** Runs that refer to it fail from now on. @throws ProblemError `secret_not_found`, `stale_version` */
  async delete(service: string, name: string, expected: ExpectedVersion): Promise<void> {
    await this.repository.transaction(async (tx) => {
      if (!(await this.repository.delete(tx, { service, name }, expected))) {
        throw await this.refusal({ service, name }, expected, tx);
      }
      await recordChange(tx, { service, action: 'secret.deleted', resourceId: name, before: {} });
    });
  }

  private async store(
    tx: EntityManager,
    key: SecretKey,
    sealed: Envelope,
    expected: ExpectedVersion | Existence,
  ): Promise<SecretMetadata> {
    if (typeof expected === 'number') {
      const changed = await this.repository.change(tx, key, sealed, expected);
      if (!changed) throw await this.refusal(key, expected, tx);
      return changed;
    }
    const secret = await this.repository.put(tx, key, sealed, MAX_SECRETS_OF_SERVICE);
    if (!secret) throw tooManySecrets(MAX_SECRETS_OF_SERVICE);
    const was: Existence = secret.version === 1 ? 'absent' : 'present';
    if (expected !== null && expected !== was) throw secretUnexpectedly(was, key.name);
    return secret;
  }

  /** Why nothing was at that version. */
  private async refusal(key: SecretKey, expected: ExpectedVersion, tx: EntityManager): Promise<Error> {
    const secret = expected === null ? null : await this.repository.find(key, tx);
    return secret === null ? secretNotFound(key.name) : staleVersion(`Secret ${key.name}`, secret.version);
  }
}
