import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { AppConfig } from '@app/platform/config';
import { credentialsInvalid } from '../access.errors.js';
import { ANONYMOUS, type Principal } from '../principal.js';
import { TokenAuthenticator } from '../people/token-authenticator.js';
import { credentialOf } from './credential.js';
import { KeyAuthenticator } from './key-authenticator.js';

/** The service that a caller means, where its credential is for several. */
export const SERVICE_HEADER = 'X-Scheduler-Service';

/** Finds out on whose behalf a request acts, in the way that AUTH_MODE says. */
@Injectable()
export class Authenticator {
  constructor(
    private readonly config: AppConfig,
    private readonly keys: KeyAuthenticator,
    private readonly tokens: TokenAuthenticator,
  ) {}

  /**
   * @param mayLookUp false for an address that has failed too often: the database is not asked on its behalf
   * @throws ProblemError unauthenticated, or forbidden where the credential is right and must not be used like this
   */
  async authenticate(request: Request, mayLookUp: boolean): Promise<Principal> {
    if (this.config.authMode === 'none') return ANONYMOUS;
    const credential = credentialOf(request);
    if (credential.type === 'key')
      return this.keys.authenticate(credential.text, request.ip ?? '', mayLookUp);
    if (this.config.authMode !== 'oidc') throw credentialsInvalid('This is not an API key.');
    return this.tokens.authenticate(credential.text, request.get(SERVICE_HEADER));
  }
}
