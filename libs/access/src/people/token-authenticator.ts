import { Injectable, Logger } from '@nestjs/common';
import { errors, type JWTPayload, jwtVerify } from 'jose';
import { Clock } from '@app/platform/clock';
import { AppConfig } from '@app/platform/config';
import type { ProblemError } from '@app/platform/problem';
import {
  credentialsInvalid,
  noRole,
  providerAway,
  serviceNotChosen,
  serviceNotGranted,
} from '../access.errors.js';
import type { Scope } from '../domain/scopes.js';
import { type Principal, UNBOUND } from '../principal.js';
import { GroupGrants } from './group-grants.js';
import { IdentityProvider } from './identity-provider.js';

/** Signatures by a key that the provider alone has: neither `none` nor a shared secret. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
/** How far the clocks of the provider and of this machine may be apart. */
const CLOCK_TOLERANCE_SECONDS = 30;

/** Knows a person by a token of the identity provider. */
@Injectable()
export class TokenAuthenticator {
  private readonly logger = new Logger(TokenAuthenticator.name);

  constructor(
    private readonly config: AppConfig,
    private readonly provider: IdentityProvider,
    private readonly grants: GroupGrants,
    private readonly clock: Clock,
  ) {}

  /**
   * @param askedService which of the services that the token is for; needed when there are several
   * @throws ProblemError `credentials_invalid`, `credentials_expired`, `provider_unavailable`, `no_role`, …
   */
  async authenticate(token: string, askedService: string | undefined): Promise<Principal> {
    const payload = await this.verify(token);
    const granted = this.grants.of(groupsIn(payload[this.config.oidc.groupsClaim]));
    const [service, scopes] = choose(granted, askedService);
    return {
      service,
      actor: `person:${payload.sub ?? ''}`,
      scopes: new Set(scopes),
      keyId: null,
      bounds: UNBOUND,
    };
  }

  private async verify(token: string): Promise<JWTPayload> {
    const { issuer, audience } = this.config.oidc;
    try {
      const { payload } = await jwtVerify(token, await this.provider.keys(), {
        issuer: issuer ?? '',
        audience: audience ?? '',
        algorithms: ALGORITHMS,
        requiredClaims: ['sub', 'exp'],
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        currentDate: this.clock.now(),
      });
      return payload;
    } catch (error) {
      throw this.refusal(error as Error);
    }
  }

  /** What is wrong with a token is for its holder, in the words of the standard; what is wrong with the provider, for us. */
  private refusal(error: Error): ProblemError {
    if (error instanceof errors.JWTExpired)
      return credentialsInvalid('This token has expired.', 'credentials_expired');
    if (error instanceof errors.JWTClaimValidationFailed)
      return credentialsInvalid(`This token is not for here: ${error.claim} is wrong.`);
    if (isFaultOfToken(error)) return credentialsInvalid('This token is not valid.');
    this.logger.warn(`The identity provider's keys cannot be had: ${error.message}`);
    return providerAway();
  }
}

function isFaultOfToken(error: Error): boolean {
  const { JWKSTimeout, JWKSInvalid, JOSEError } = errors;
  const isOfProvider = error instanceof JWKSTimeout || error instanceof JWKSInvalid;
  return error instanceof JOSEError && !isOfProvider && error.code !== 'ERR_JOSE_GENERIC';
}

function groupsIn(claim: unknown): string[] {
  const values: unknown[] = Array.isArray(claim) ? claim : [claim];
  return values.filter((value) => typeof value === 'string');
}

function choose(granted: ReadonlyMap<string, Scope[]>, asked: string | undefined): [string, Scope[]] {
  const [only, ...others] = [...granted];
  if (only === undefined) throw noRole();
  if (asked === undefined && others.length > 0) throw serviceNotChosen([...granted.keys()].sort());
  const service = asked ?? only[0];
  const scopes = granted.get(service);
  if (scopes === undefined) throw serviceNotGranted(service);
  return [service, scopes];
}
