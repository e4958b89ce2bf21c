import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AppConfig, ConfigError } from '@app/platform/config';

/** Refuses to start an api that could admit nobody. A worker admits nobody anyway and needs none of this. */
@Injectable()
export class AccessSettings implements OnModuleInit {
  constructor(private readonly config: AppConfig) {}

  onModuleInit(): void {
    const { authMode, apiKeyPepper, oidc } = this.config;
    if (authMode === 'none') return;
    const needed: [string, string | null, string][] = [
      ['API_KEY_PEPPER', apiKeyPepper, 'at least 32 bytes, such as the output of: openssl rand -base64 32'],
    ];
    if (authMode === 'oidc')
      needed.push(
        ['OIDC_ISSUER', oidc.issuer, 'the URL of the provider, as in its tokens'],
        ['OIDC_AUDIENCE', oidc.audience, 'what the tokens for this service have as `aud`'],
        ['OIDC_GROUPS_FILE', oidc.groupsFile, 'the path of a JSON file that gives groups roles'],
      );
    const missing = needed.filter(([, value]) => value === null);
    if (missing.length === 0) return;
    throw new ConfigError(
      missing.map(([name, , allowed]) => `${name}: AUTH_MODE=${authMode} needs it; allowed: ${allowed}`),
    );
  }
}
