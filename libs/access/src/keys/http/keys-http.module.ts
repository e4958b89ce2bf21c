import { Module } from '@nestjs/common';
import { KeysModule } from '../keys.module.js';
import { KeysController } from './keys.controller.js';

@Module({ imports: [KeysModule], controllers: [KeysController] })
export class KeysHttpModule {}
