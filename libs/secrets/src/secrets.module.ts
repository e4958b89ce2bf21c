import { Module } from '@nestjs/common';
import { SecretResolver } from './secret-resolver.js';
import { SecretVault } from './secret-vault.js';
import { SecretsRepository } from './secrets.repository.js';
import { SecretsService } from './secrets.service.js';
import { SigningKeys } from './signing/signing-keys.js';
import { SigningSecretsRepository } from './signing/signing-secrets.repository.js';
import { SigningSecretsService } from './signing/signing-secrets.service.js';

@Module({
  providers: [
    SecretVault,
    SecretsRepository,
    SecretsService,
    SecretResolver,
    SigningSecretsRepository,
    SigningSecretsService,
    SigningKeys,
  ],
  exports: [SecretsService, SecretResolver, SigningSecretsService, SigningKeys],
})
export class SecretsModule {}
