import { Module } from '@nestjs/common';
import { ServicesModule } from '../../services/services.module.js';
import { KeysModule } from '../keys.module.js';
import { KeysController } from './keys.controller.js';
import { ServiceKeysController } from './service-keys.controller.js';

@Module({ imports: [KeysModule, ServicesModule], controllers: [KeysController, ServiceKeysController] })
export class KeysHttpModule {}
