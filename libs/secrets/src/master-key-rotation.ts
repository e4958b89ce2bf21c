import type { EntityManager } from 'typeorm';
import type { AppConfig } from '@app/platform/config';
import { withDataSource } from '@app/platform/database';
import type { Envelope } from './domain/envelope.js';
import { secretOwner } from './domain/secret.js';
import { signingSecretOwner } from './domain/signing-secret.js';
import { SecretVault } from './secret-vault.js';
import { SecretsRepository, type StoredSecret } from './secrets.repository.js';
import { SigningSecretsRepository, type StoredSigningSecret } from './signing/signing-secrets.repository.js';

export interface Rotated {
  readonly rewrapped: number;
  /** What no key here opens, by service and name: it stays as it is. */
  readonly unreadable: readonly string[];
}

interface Batch<Row> {
  readonly rows: readonly Row[];
  readonly moved: readonly Row[];
}

const BATCH = 100;
const LOWEST_ID = '00000000-0000-0000-0000-000000000000';

/**
 * Puts everything under the first key of SECRETS_KEYS, a batch a transaction, so that the others can be taken away.
 * @throws ProblemError `secrets_not_configured`
 */
export function rotateMasterKeys(config: AppConfig): Promise<Rotated> {
  return withDataSource(config.databaseUrl, (dataSource) => {
    const repositories = [
      new SecretsRepository(dataSource),
      new SigningSecretsRepository(dataSource),
    ] as const;
    return new MasterKeyRotation(new SecretVault(config), ...repositories).rotate();
  });
}

class MasterKeyRotation {
  constructor(
    private readonly vault: SecretVault,
    private readonly secrets: SecretsRepository,
    private readonly signingSecrets: SigningSecretsRepository,
  ) {}

  async rotate(): Promise<Rotated> {
    const keyId = this.vault.current().id;
    const secrets = await this.rotateAll<StoredSecret>(
      (tx, last) => this.secretsBatch(tx, keyId, last),
      secretOwner,
    );
    const signing = await this.rotateAll<StoredSigningSecret>(
      (tx, last) => this.signingBatch(tx, keyId, last),
      signingSecretOwner,
    );
    return {
      rewrapped: secrets.rewrapped + signing.rewrapped,
      unreadable: [...secrets.unreadable, ...signing.unreadable],
    };
  }

  private async rotateAll<Row extends Envelope>(
    nextBatch: (tx: EntityManager, last: Row | null) => Promise<Batch<Row>>,
    ownerOf: (row: Row) => string[],
  ): Promise<Rotated> {
    let [rewrapped, last] = [0, null as Row | null];
    const unreadable: string[] = [];
    for (;;) {
      const after = last;
      const { rows, moved } = await this.signingSecrets.transaction((tx) => nextBatch(tx, after));
      rewrapped += moved.length;
      const movedOwners = new Set(moved.map((row) => ownerOf(row).join('/')));
      unreadable.push(
        ...rows.map((row) => ownerOf(row).join('/')).filter((owner) => !movedOwners.has(owner)),
      );
      if (rows.length < BATCH) return { rewrapped, unreadable };
      last = rows.at(-1) ?? null;
    }
  }

  private async secretsBatch(
    tx: EntityManager,
    keyId: string,
    last: StoredSecret | null,
  ): Promise<Batch<StoredSecret>> {
    const rows = await this.secrets.lockToRewrap(tx, keyId, last ?? { service: '', name: '' }, BATCH);
    const moved = this.moved(rows, secretOwner);
    await this.secrets.rewrap(tx, keyId, moved);
    return { rows, moved };
  }

  private async signingBatch(
    tx: EntityManager,
    keyId: string,
    last: StoredSigningSecret | null,
  ): Promise<Batch<StoredSigningSecret>> {
    const rows = await this.signingSecrets.lockToRewrap(tx, keyId, last?.id ?? LOWEST_ID, BATCH);
    const moved = this.moved(rows, signingSecretOwner);
    await this.signingSecrets.rewrap(tx, keyId, moved);
    return { rows, moved };
  }

  private moved<Row extends Envelope>(rows: readonly Row[], ownerOf: (row: Row) => string[]): Row[] {
    return rows.flatMap((row) => {
      try {
        return [{ ...row, ...this.vault.rewrap(row, ownerOf(row)) }];
      } catch {
        return [];
      }
    });
  }
}
