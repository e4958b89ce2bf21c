import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AccessGuard } from './access.guard.js';
import { AccessSettings } from './access-settings.js';
import { Admission } from './admission.js';
import { Authenticator } from './authentication/authenticator.js';
import { KeyAuthenticator } from './authentication/key-authenticator.js';
import { KeysModule } from './keys/keys.module.js';
import { GroupGrants } from './people/group-grants.js';
import { IdentityProvider } from './people/identity-provider.js';
import { TokenAuthenticator } from './people/token-authenticator.js';
import { RateLimits } from './rate-limits/rate-limits.js';
import { SharedCounts } from './rate-limits/shared-counts.js';
import { Turns } from './turns/turns.js';

/** Guards every route of the app that imports it; the app puts `Admission.middleware` before the reading of bodies. */
@Module({
  imports: [KeysModule],
  providers: [
    AccessSettings,
    Authenticator,
    KeyAuthenticator,
    TokenAuthenticator,
    IdentityProvider,
    GroupGrants,
    SharedCounts,
    RateLimits,
    Turns,
    Admission,
    { provide: APP_GUARD, useClass: AccessGuard },
  ],
  exports: [Admission],
})
export class AccessModule {}
