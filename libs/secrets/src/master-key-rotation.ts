import type { DataSource, EntityManager } from 'typeorm';
import type { AppConfig } from '@app/platform/config';
import { withDataSource } from '@app/platform/database';
import { type Envelope, UnreadableEnvelope } from './domain/envelope.js';
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

/** A kind of rows that are kept in envelopes. */
interface Kind<Row extends Envelope> {
  ownerOf(row: Row): string[];
  /** Up to `BATCH` that another key than `keyId` wraps, from behind `last` on. */
  lockBatch(tx: EntityManager, keyId: string, last: Row | null): Promise<Row[]>;
  rewrap(tx: EntityManager, keyId: string, rows: readonly Row[]): Promise<void>;
}

interface Batch<Row> extends Rotated {
  readonly rows: readonly Row[];
}

const BATCH = 100;
const LOWEST_ID = '00000000-0000-0000-0000-000000000000';

/**
 * Puts everything under the first key of SECRETS_KEYS, a batch a transaction, so that the others can be taken away.
 * @throws ProblemError `secrets_not_configured`
 */
export function rotateMasterKeys(config: AppConfig): Promise<Rotated> {
  return withDataSource(config.databaseUrl, async (dataSource) => {
    const rotation = new MasterKeyRotation(dataSource, new SecretVault(config));
    const secrets = await rotation.rotate(secretsIn(new SecretsRepository(dataSource)));
    const signing = await rotation.rotate(signingSecretsIn(new SigningSecretsRepository(dataSource)));
    return {
      rewrapped: secrets.rewrapped + signing.rewrapped,
      unreadable: [...secrets.unreadable, ...signing.unreadable],
    };
  });
}

function secretsIn(repository: SecretsRepository): Kind<StoredSecret> {
  return {
    ownerOf: secretOwner,
    lockBatch: (tx, keyId, last) =>
      repository.lockToRewrap(tx, keyId, last ?? { service: '', name: '' }, BATCH),
    rewrap: (tx, keyId, rows) => repository.rewrap(tx, keyId, rows),
  };
}

function signingSecretsIn(repository: SigningSecretsRepository): Kind<StoredSigningSecret> {
  return {
    ownerOf: signingSecretOwner,
    lockBatch: (tx, keyId, last) => repository.lockToRewrap(tx, keyId, last?.id ?? LOWEST_ID, BATCH),
    rewrap: (tx, keyId, rows) => repository.rewrap(tx, keyId, rows),
  };
}

class MasterKeyRotation {
  constructor(
    private readonly dataSource: DataSource,
    private readonly vault: SecretVault,
  ) {}

  async rotate<Row extends Envelope>(kind: Kind<Row>): Promise<Rotated> {
    const unreadable: string[] = [];
    let rewrapped = 0;
    let last: Row | null = null;
    for (;;) {
      const batch: Batch<Row> = await this.rotateBatch(kind, last);
      rewrapped += batch.rewrapped;
      unreadable.push(...batch.unreadable);
      if (batch.rows.length < BATCH) return { rewrapped, unreadable };
      last = batch.rows.at(-1) ?? null;
    }
  }

  private rotateBatch<Row extends Envelope>(kind: Kind<Row>, last: Row | null): Promise<Batch<Row>> {
    const keyId = this.vault.current().id;
    return this.dataSource.transaction(async (tx) => {
      const rows = await kind.lockBatch(tx, keyId, last);
      const moved: Row[] = [];
      const unreadable: string[] = [];
      for (const row of rows) {
        const owner = kind.ownerOf(row);
        const envelope = this.rewrap(row, owner);
        if (envelope) moved.push({ ...row, ...envelope });
        else unreadable.push(owner.join('/'));
      }
      await kind.rewrap(tx, keyId, moved);
      return { rows, rewrapped: moved.length, unreadable };
    });
  }

  /** @returns null where no key here opens it */
  private rewrap(envelope: Envelope, owner: readonly string[]): Envelope | null {
    try {
      return this.vault.rewrap(envelope, owner);
    } catch (error) {
      if (error instanceof UnreadableEnvelope) return null;
      throw error;
    }
  }
}
