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
    return createHmac('sha256', apiKeyPepper).update(secret).digest();
  }

  /** In a time that says nothing about where they differ. */
  isSecretOf(hash: Buffer, secret: string): boolean {
    return timingSafeEqual(hash, this.hash(secret));
  }
}
