import { Injectable } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { AppConfig } from '@app/platform/config';
import { readOnlyForStrangers } from '@app/platform/http';
import { ProblemError } from '@app/platform/problem';
import { bindToActor } from '@app/platform/request-context';
import { Authenticator, SERVICE_HEADER } from './authentication/authenticator.js';
import { serviceNotGranted } from './access.errors.js';
import { refuseForeignPages } from './foreign-pages.js';
import type { AdmittedRequest, Principal } from './principal.js';
import { RateLimits } from './rate-limits/rate-limits.js';

/** Open to callers without a credential: health, and metrics, which has a token of its own. In exactly these spellings. */
const OPEN = /^\/(health\/[a-z]+|metrics)$/;
/** With DOCS_PUBLIC these are open too: they show what the api can do and none of its data. */
const DOCS = /^\/(openapi\.json|docs(\/[a-z0-9.-]*)?)$/;

const WHO_ASKS = `Authorization, X-API-Key, ${SERVICE_HEADER}`;

/** Lets a request in on behalf of somebody, or not at all. */
@Injectable()
export class Admission {
  constructor(
    private readonly authenticator: Authenticator,
    private readonly limits: RateLimits,
    private readonly config: AppConfig,
  ) {}

  /** Express middleware: strangers are turned away before anybody reads their bodies or looks for their paths. */
  readonly middleware = (request: Request, response: Response, next: NextFunction): void => {
    if (OPEN.test(request.path)) return readOnlyForStrangers(request, response, next);
    if (this.isForThisMachine()) refuseForeignPages(request);
    if (this.config.docsPublic && DOCS.test(request.path))
      return readOnlyForStrangers(request, response, next);
    keepFromOthers(response);
    this.admit(request, response).then(() => next(), next);
  };

  private isForThisMachine(): boolean {
    return this.config.authMode === 'none' && !this.config.authAllowNone;
  }

  /** The same principal when asked again. @throws ProblemError why it is not let in */
  async admit(request: AdmittedRequest, response: Response): Promise<Principal> {
    request.principal ??= await this.letIn(request, response);
    bindToActor(request.principal.actor);
    return request.principal;
  }

  /**
   * Whether a request that was admitted would be admitted again: for answers that go on for long. Its key is found in
   * memory. When it cannot be told, the answer is no. Counts towards no limit.
   */
  wouldAdmitAgain(request: Request): Promise<boolean> {
    return this.authenticator.authenticate(request, true).then(
      () => true,
      () => false,
    );
  }

  private async letIn(request: Request, response: Response): Promise<Principal> {
    const principal = await this.identify(request, response);
    await this.limits.admit(principal, response);
    return principal;
  }

  private async identify(request: Request, response: Response): Promise<Principal> {
    const address = request.ip ?? '';
    try {
      const principal = await this.authenticator.authenticate(request, !this.limits.isSuspect(address));
      const asked = request.get(SERVICE_HEADER);
      if (asked !== undefined && asked !== principal.service) throw serviceNotGranted(asked);
      return principal;
    } catch (error) {
      if (isRefusal(error)) await this.limits.noteFailure(address, response);
      throw error;
    }
  }
}

/**
 * What is answered depends on who asks, and an `X-API-Key` does not tell caches so, as `Authorization` does: a shared one
 * could give one service's list to another. A handler that sets its own stays with that.
 */
function keepFromOthers(response: Response): void {
  response.setHeader('Cache-Control', 'private, no-cache');
  response.setHeader('Vary', WHO_ASKS);
}

/** Only what is the caller's fault, and not a database or an identity provider that is away. */
function isRefusal(error: unknown): boolean {
  return error instanceof ProblemError && (error.kind === 'unauthenticated' || error.kind === 'forbidden');
}
