import { type CanActivate, type ExecutionContext, Injectable, type OnModuleInit } from '@nestjs/common';
import { AppConfig, ConfigError } from '@app/platform/config';
import type { AdmittedRequest, Principal } from './principal.js';

const ANONYMOUS: Principal = { service: 'default', actor: 'anonymous' };

/** Says on whose behalf each request acts. Without access control that is always the one service, anonymously. */
@Injectable()
export class AccessGuard implements CanActivate, OnModuleInit {
  constructor(private readonly config: AppConfig) {}

  /** API keys do not exist yet: to start anyway would either open the api or answer 401 to everyone. */
  onModuleInit(): void {
    if (this.config.authMode === 'none') return;
    throw new ConfigError([
      `AUTH_MODE: ${this.config.authMode} is not part of this version yet; until it is, set AUTH_MODE=none and, ` +
        'off the loopback address, AUTH_ALLOW_NONE=true behind a gateway that authenticates',
    ]);
  }

  canActivate(context: ExecutionContext): boolean {
    context.switchToHttp().getRequest<AdmittedRequest>().principal = ANONYMOUS;
    return true;
  }
}
