import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AppConfig, ConfigError } from '@app/platform/config';

/** Refuses to start an api that could let nobody in. The worker, which lets nobody in, needs none of it. */
@Injectable()
export class AccessSettings implements OnModuleInit {
  constructor(private readonly config: AppConfig) {}

  onModuleInit(): void {
    const { authMode, apiKeyPepper } = this.config;
    if (authMode === 'none' || apiKeyPepper !== null) return;
    throw new ConfigError([
      `API_KEY_PEPPER: AUTH_MODE=${authMode} needs it; allowed: at least 32 bytes, such as the output of: openssl rand -base64 32`,
    ]);
  }
}
