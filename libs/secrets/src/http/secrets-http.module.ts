import { Module } from '@nestjs/common';
import { SecretsModule } from '../secrets.module.js';
import { SecretsController } from './secrets.controller.js';
import { SigningSecretsController } from './signing-secrets.controller.js';

@Module({ imports: [SecretsModule], controllers: [SecretsController, SigningSecretsController] })
export class SecretsHttpModule {}
