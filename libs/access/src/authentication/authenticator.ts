import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { AppConfig } from '@app/platform/config';
import { credentialsInvalid } from '../access.errors.js';
import { ANONYMOUS, type Principal } from '../principal.js';
import { credentialOf } from './credential.js';
import { KeyAuthenticator } from './key-authenticator.js';

/** Finds out on whose behalf a request acts, in the way that AUTH_MODE says. */
@Injectable()
export class Authenticator {
  constructor(
    private readonly config: AppConfig,
    private readonly keys: KeyAuthenticator,
  ) {}

  /** @throws ProblemError unauthenticated, or forbidden where the credential is right and must not be used like this */
  async authenticate(request: Request): Promise<Principal> {
    if (this.config.authMode === 'none') return ANONYMOUS;
    const credential = credentialOf(request);
    if (credential.type === 'key') return this.keys.authenticate(credential.text, request.ip ?? '');
    throw credentialsInvalid('This is not an API key.');
  }
}
