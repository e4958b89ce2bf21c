import { Injectable } from '@nestjs/common';
import { createRemoteJWKSet, type JWTVerifyGetKey } from 'jose';
import { AppConfig } from '@app/platform/config';

/** The provider is asked for its keys again when a token names an unknown one, but not more often than this. */
const COOLDOWN_MS = 5_000;
/** Its keys are also read again when they are this old, so that one the provider has withdrawn stops counting. */
const MAX_AGE_MS = 600_000;
const TIMEOUT_MS = 5_000;

/** Where the OpenID provider of OIDC_ISSUER keeps its keys. */
@Injectable()
export class IdentityProvider {
  private found: Promise<JWTVerifyGetKey> | null = null;

  constructor(private readonly config: AppConfig) {}

  /** Finds them once; a search that failed is repeated with the next request. @throws when the provider is away */
  keys(): Promise<JWTVerifyGetKey> {
    this.found ??= this.discover().catch((error: unknown) => {
      this.found = null;
      throw error;
    });
    return this.found;
  }

  private async discover(): Promise<JWTVerifyGetKey> {
    const issuer = this.config.oidc.issuer ?? '';
    const response = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, {
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const document = (await response.json()) as { readonly issuer?: unknown; readonly jwks_uri?: unknown };
    if (!response.ok || document.issuer !== issuer || typeof document.jwks_uri !== 'string')
      throw new Error(`What ${issuer} says of itself is not of an OpenID provider with that name`);
    return createRemoteJWKSet(new URL(document.jwks_uri), {
      cooldownDuration: COOLDOWN_MS,
      cacheMaxAge: MAX_AGE_MS,
      timeoutDuration: TIMEOUT_MS,
    });
  }
}
