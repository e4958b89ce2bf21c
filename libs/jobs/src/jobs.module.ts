import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { JobEntity } from './job.entity.js';
import { JobLifecycle } from './job-lifecycle.js';
import { JobsRepository } from './jobs.repository.js';
import { JobsService } from './jobs.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([JobEntity])],
  providers: [JobsRepository, JobsService, JobLifecycle],
  exports: [JobsService, JobLifecycle],
})
export class JobsModule {}
