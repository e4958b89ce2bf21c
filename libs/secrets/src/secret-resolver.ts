import { Injectable } from '@nestjs/common';
import DataLoader from 'dataloader';
import { secretOwner } from './domain/secret.js';
import { SecretVault } from './secret-vault.js';
import { type SecretKey, SecretsRepository, type StoredSecret } from './secrets.repository.js';

const MAX_BATCH = 500;

/** For workers: the values that a run needs, right before it. Nothing is kept, so a new value counts from the next run on. */
@Injectable()
export class SecretResolver {
  /** Runs are claimed in batches, and those that begin together ask together. */
  private readonly stored = new DataLoader<SecretKey, StoredSecret | null>((keys) => this.loadAll(keys), {
    cache: false,
    maxBatchSize: MAX_BATCH,
  });

  constructor(
    private readonly repository: SecretsRepository,
    private readonly vault: SecretVault,
  ) {}

  /** Those of the names that exist; null for one that cannot be decrypted here. */
  async valuesOf(service: string, names: readonly string[]): Promise<ReadonlyMap<string, string | null>> {
    const rows = await Promise.all(names.map((name) => this.stored.load({ service, name })));
    const found = rows.filter((row) => row !== null);
    return new Map(found.map((row) => [row.name, this.vault.open(row, secretOwner(row))]));
  }

  private async loadAll(keys: readonly SecretKey[]): Promise<(StoredSecret | null)[]> {
    const rows = await this.repository.envelopes(keys);
    const byKey = new Map(rows.map((row) => [keyOf(row), row]));
    return keys.map((key) => byKey.get(keyOf(key)) ?? null);
  }
}

/** A slug has no slash. */
function keyOf({ service, name }: SecretKey): string {
  return `${service}/${name}`;
}
