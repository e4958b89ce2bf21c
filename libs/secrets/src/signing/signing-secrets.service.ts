import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { v7 as uuidv7, validate as isUuid } from 'uuid';
import { recordChange } from '@app/audit';
import { signingSecretOf, signingSecretOwner, type SigningSecretMetadata } from '../domain/signing-secret.js';
import { signingSecretNotFound } from '../secrets.errors.js';
import { SecretVault } from '../secret-vault.js';
import { SigningSecretsRepository } from './signing-secrets.repository.js';

/** The current one and four before it: 5 signatures make a header of 235 characters. */
const MAX_VALID = 5;
const SECRET_BYTES = 32;

export interface NewSigningSecret extends SigningSecretMetadata {
  /** `whsec_…`; shown this once. */
  readonly secret: string;
}

@Injectable()
export class SigningSecretsService {
  constructor(
    private readonly repository: SigningSecretsRepository,
    private readonly vault: SecretVault,
  ) {}

  /** Those that sign the service's calls now, newest first. */
  list(service: string): Promise<SigningSecretMetadata[]> {
    return this.repository.valid([service]);
  }

  /**
   * A new secret; the one before signs along for a while, so that receivers can change theirs when they like.
   * @throws ProblemError `secrets_not_configured`
   */
  rotate(service: string, overlapSeconds: number): Promise<NewSigningSecret> {
    const id = uuidv7();
    const secret = signingSecretOf(randomBytes(SECRET_BYTES));
    const sealed = this.vault.seal(secret, signingSecretOwner({ service, id }));
    return this.repository.transaction(async (tx) => {
      await this.repository.lockService(tx, service);
      await this.repository.letCurrentExpire(tx, service, overlapSeconds);
      const createdAt = await this.repository.insert(tx, { ...sealed, id, service });
      await this.repository.dropOld(tx, service, MAX_VALID);
      const after = { overlapSeconds };
      await recordChange(tx, { service, action: 'signing_secret.created', resourceId: id, after });
      return { id, service, createdAt, expiresAt: null, secret };
    });
  }

  /** At once, for one that others may know. Without any, calls are not signed. @throws ProblemError `signing_secret_not_found` */
  async delete(service: string, id: string): Promise<void> {
    if (!isUuid(id)) throw signingSecretNotFound(id);
    await this.repository.transaction(async (tx) => {
      if (!(await this.repository.delete(tx, service, id))) throw signingSecretNotFound(id);
      await recordChange(tx, { service, action: 'signing_secret.deleted', resourceId: id, before: {} });
    });
  }
}
