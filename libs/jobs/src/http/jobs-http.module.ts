import { Module } from '@nestjs/common';
import { JobsModule } from '../jobs.module.js';
import { JobsController } from './jobs.controller.js';

@Module({ imports: [JobsModule], controllers: [JobsController] })
export class JobsHttpModule {}
