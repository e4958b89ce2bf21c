import { randomBytes } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { AppConfig } from '@app/platform/config';
import { type Envelope, type MasterKey, open, rewrap, seal, UnreadableEnvelope } from './domain/envelope.js';
import { secretsNotConfigured } from './secrets.errors.js';

/** Seals and opens with the keys of SECRETS_KEYS: the first seals, all open. */
@Injectable()
export class SecretVault {
  private readonly logger = new Logger(SecretVault.name);

  constructor(private readonly config: AppConfig) {}

  /** @throws ProblemError `secrets_not_configured` */
  seal(value: string, owner: readonly string[]): Envelope {
    const chance = { dataKey: randomBytes(32), keyNonce: randomBytes(12), nonce: randomBytes(12) };
    return seal(value, owner, this.current(), chance);
  }

  /** @returns null when it cannot be opened here; the log says why, for the operator */
  open(envelope: Envelope, owner: readonly string[]): string | null {
    try {
      return open(envelope, owner, this.config.secretsKeys);
    } catch (error) {
      if (!(error instanceof UnreadableEnvelope)) throw error;
      this.logger.error(`${owner.join(' ')} cannot be decrypted: ${error.message}`);
      return null;
    }
  }

  /** The same under the first key. @throws UnreadableEnvelope */
  rewrap(envelope: Envelope, owner: readonly string[]): Envelope {
    return rewrap(envelope, owner, this.config.secretsKeys, this.current(), randomBytes(12));
  }

  /** @throws ProblemError `secrets_not_configured` */
  current(): MasterKey {
    const [first] = this.config.secretsKeys;
    if (!first) throw secretsNotConfigured();
    return first;
  }
}
