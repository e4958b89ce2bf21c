import { Injectable } from '@nestjs/common';
import { createHmac, timingSafeEqual } from 'node:crypto';
import { AppConfig } from '@app/platform/config';
import { keysNotConfigured } from './keys.errors.js';

/** What is kept of a secret: HMAC-SHA-256 under the pepper, which the database does not have. */
@Injectable()
export class KeyHasher {
  constructor(private readonly config: AppConfig) {}

  /** @throws ProblemError `keys_not_configured` */
  hash(secret: string): Buffer {
    const { apiKeyPepper } = this.config;
    if (apiKeyPepper === null) throw keysNotConfigured();
    return hashUnder(apiKeyPepper, secret);
  }

  /**
   * Whether the hash is of this secret, under the pepper or, while one is configured, under the previous pepper. Takes as
   * long wherever the hashes differ, and whichever pepper fits.
   */
  isSecretOf(hash: Buffer, secret: string): boolean {
    const { apiKeyPepperPrevious } = this.config;
    const candidates = [this.hash(secret)];
    if (apiKeyPepperPrevious !== null) candidates.push(hashUnder(apiKeyPepperPrevious, secret));
    return candidates.map((candidate) => timingSafeEqual(hash, candidate)).includes(true);
  }
}

function hashUnder(pepper: string, secret: string): Buffer {
  return createHmac('sha256', pepper).update(secret).digest();
}
