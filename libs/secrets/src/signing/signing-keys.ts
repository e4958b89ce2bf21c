import { Injectable } from '@nestjs/common';
import { Clock } from '@app/platform/clock';
import { KeptBriefly } from '@app/platform/database';
import { signingSecretOwner } from '../domain/signing-secret.js';
import { SecretVault } from '../secret-vault.js';
import { SigningSecretsRepository } from './signing-secrets.repository.js';

/** How long a rotation or a deletion may take to reach the workers. */
const KEPT_MS = 5_000;

/** For workers: the secrets that sign a service's calls. */
@Injectable()
export class SigningKeys {
  private readonly kept: KeptBriefly<readonly (string | null)[]>;

  constructor(
    private readonly repository: SigningSecretsRepository,
    private readonly vault: SecretVault,
    clock: Clock,
  ) {
    this.kept = new KeptBriefly(
      (services) => this.loadAll(services),
      KEPT_MS,
      () => clock.monotonicMs(),
    );
  }

  /** Newest first; none where calls are not signed; null for one that cannot be decrypted here. */
  of(service: string): Promise<readonly (string | null)[]> {
    return this.kept.of(service);
  }

  private async loadAll(services: readonly string[]): Promise<(string | null)[][]> {
    const rows = await this.repository.valid(services);
    return services.map((service) =>
      rows
        .filter((row) => row.service === service)
        .map((row) => this.vault.open(row, signingSecretOwner(row))),
    );
  }
}
