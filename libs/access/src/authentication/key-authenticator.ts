import { Injectable } from '@nestjs/common';
import { Clock } from '@app/platform/clock';
import { addressNotAllowed, credentialsInvalid } from '../access.errors.js';
import { isAddressWithin } from '../cidr.js';
import type { KnownKey } from '../keys/api-key.js';
import { KeyCache } from '../keys/key-cache.js';
import { KeyHasher } from '../keys/key-hasher.js';
import { parseKey } from '../keys/key-text.js';
import { KeyUses } from '../keys/key-uses.js';
import type { Principal } from '../principal.js';

/** Knows a caller by its API key. */
@Injectable()
export class KeyAuthenticator {
  constructor(
    private readonly cache: KeyCache,
    private readonly hasher: KeyHasher,
    private readonly uses: KeyUses,
    private readonly clock: Clock,
  ) {}

  /**
   * @param mayLookUp whether the database may be asked, or only a key that is in use is known
   * @throws ProblemError `credentials_invalid`, `credentials_expired`, `address_not_allowed`
   */
  async authenticate(text: string, address: string, mayLookUp: boolean): Promise<Principal> {
    const parts = parseKey(text);
    if (parts === null) throw credentialsInvalid('This is not an API key, or it has a typo in it.');
    const key = await this.find(parts.id, parts.secret, mayLookUp);
    if (key === null) throw credentialsInvalid('This API key is wrong or has been revoked.');
    const now = this.clock.now();
    if (key.expiresAt !== null && key.expiresAt <= now)
      throw credentialsInvalid('This API key has expired.', 'credentials_expired');
    if (key.allowedCidrs.length > 0 && !isAddressWithin(address, key.allowedCidrs))
      throw addressNotAllowed(address);
    this.uses.note(key.id, now);
    return principalOf(key);
  }

  /** A secret that does not match the cached key may be newer than the cache. */
  private async find(id: string, secret: string, mayLookUp: boolean): Promise<KnownKey | null> {
    const known = this.cache.recall(id);
    if (known !== null && this.isValid(known, secret)) return known;
    if (!mayLookUp) return null;
    const key = known === null ? await this.cache.read(id) : await this.cache.readAgain(id);
    return key !== null && this.isValid(key, secret) ? key : null;
  }

  private isValid(key: KnownKey, secret: string): boolean {
    const { previousSecretHash, previousValidUntil } = key;
    const isCurrent = this.hasher.isSecretOf(key.secretHash, secret);
    const isPrevious = previousSecretHash !== null && this.hasher.isSecretOf(previousSecretHash, secret);
    const isPreviousValid = previousValidUntil !== null && previousValidUntil > this.clock.now();
    return key.revokedAt === null && (isCurrent || (isPrevious && isPreviousValid));
  }
}

function principalOf({ id, service, scopes, expiresAt, allowedCidrs }: KnownKey): Principal {
  return {
    service,
    actor: `key:${id}`,
    scopes: new Set(scopes),
    keyId: id,
    bounds: { expiresAt, allowedCidrs },
  };
}
