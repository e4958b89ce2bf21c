import { Module } from '@nestjs/common';
import { ServicesModule } from '../services.module.js';
import { ServicesController } from './services.controller.js';

@Module({ imports: [ServicesModule], controllers: [ServicesController] })
export class ServicesHttpModule {}
