import { Injectable } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { bindToActor } from '@app/platform/request-context';
import { Authenticator } from './authentication/authenticator.js';
import { serviceNotGranted } from './access.errors.js';
import type { AdmittedRequest, Principal } from './principal.js';

/** What strangers reach: health, and metrics, which have a token of their own. In these spellings only. */
const OPEN = /^\/(health\/[a-z]+|metrics)$/;

/** The service that a caller means, where its credential is for several. */
export const SERVICE_HEADER = 'X-Scheduler-Service';

/** Lets a request in on behalf of somebody, or not at all. */
@Injectable()
export class Admission {
  constructor(private readonly authenticator: Authenticator) {}

  /** Express middleware: strangers are turned away before anybody reads their bodies or looks for their paths. */
  readonly middleware = (request: Request, _response: Response, next: NextFunction): void => {
    if (OPEN.test(request.path)) return next();
    this.admit(request).then(() => next(), next);
  };

  /** The same principal when asked again. @throws ProblemError why it is not let in */
  async admit(request: AdmittedRequest): Promise<Principal> {
    request.principal ??= await this.identify(request);
    bindToActor(request.principal.actor);
    return request.principal;
  }

  private async identify(request: Request): Promise<Principal> {
    const principal = await this.authenticator.authenticate(request);
    const asked = request.get(SERVICE_HEADER);
    if (asked !== undefined && asked !== principal.service) throw serviceNotGranted(asked);
    return principal;
  }
}
