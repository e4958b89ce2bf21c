import { Injectable } from '@nestjs/common';
import { secretOwner, type SecretMetadata } from './domain/secret.js';
import { SecretVault } from './secret-vault.js';
import { secretChanged, secretNotFound, tooManySecrets } from './secrets.errors.js';
import { SecretsRepository } from './secrets.repository.js';

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
   * @param expected the version that the caller has seen; null when it does not matter
   * @throws ProblemError `secrets_not_configured`, `too_many_secrets`, `stale_version`
   */
  async put(service: string, name: string, value: string, expected: number | null): Promise<SecretMetadata> {
    const key = { service, name };
    const sealed = this.vault.seal(value, secretOwner(key));
    if (expected !== null) {
      return (await this.repository.change(key, sealed, expected)) ?? this.refuseStale(service, name);
    }
    const secret = await this.repository.put(key, sealed, MAX_SECRETS_OF_SERVICE);
    if (!secret) throw tooManySecrets(MAX_SECRETS_OF_SERVICE);
    return secret;
  }

  /** By name. */
  list(service: string, window: { limit: number; afterName: string }): Promise<SecretMetadata[]> {
    return this.repository.list(service, window);
  }

  /** Runs that refer to it fail from now on. @throws ProblemError `secret_not_found`, `stale_version` */
  async delete(service: string, name: string, expected: number | null): Promise<void> {
    if (await this.repository.delete({ service, name }, expected)) return;
    if (expected === null) throw secretNotFound(name);
    await this.refuseStale(service, name);
  }

  private async refuseStale(service: string, name: string): Promise<never> {
    const version = await this.repository.versionOf({ service, name });
    throw version === null ? secretNotFound(name) : secretChanged(name, version);
  }
}
