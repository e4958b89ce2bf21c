import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Put, Query, Res } from '@nestjs/common';
import {
  ApiBody,
  ApiConflictResponse,
  ApiCreatedResponse,
  ApiHeader,
  ApiNoContentResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiPreconditionFailedResponse,
  ApiTags,
} from '@nestjs/swagger';
import type { Response } from 'express';
import { CurrentPrincipal, type Principal, RequireScopes } from '@app/access';
import {
  ApiMergePatch,
  ApiNotModified,
  ApiPage,
  AS_IT_WAS_READ,
  cursorOf,
  IF_MATCH,
  IfMatch,
  mapPage,
  type Page,
  pageOf,
  Post,
  VersionSeen,
} from '@app/platform/http';
import type { Job, JobSpec } from '../domain/job.js';
import { JobsService } from '../jobs.service.js';
import { demandScopeForTargets, demandScopeToRun } from './command-scope.js';
import { JOB_EXAMPLES, JOB_PATCH_EXAMPLES } from './job-examples.js';
import { JobRequest } from './job.request.js';
import { JobResponse, toJobResponse } from './job.response.js';
import { patchedJobSpec, replacingJobSpec, toJobSpec } from './job-spec.js';
import { ListJobsQuery } from './list-jobs.query.js';

const CURSOR = cursorOf('jobs', ['uuid']);
const NO_SUCH_JOB = { description: 'There is no such job, or it was deleted.' };
const NAME_TAKEN = { description: 'Another job has this name.' };
const STALE = { description: 'The job has changed since it was read.' };

@ApiTags('jobs')
@Controller('jobs')
export class JobsController {
  constructor(private readonly jobs: JobsService) {}

  @Get()
  @RequireScopes('jobs:read')
  @ApiOperation({ operationId: 'listJobs', summary: 'List jobs, newest first' })
  @ApiPage(JobResponse)
  async list(
    @Query() { limit, cursor, active, tag, q }: ListJobsQuery,
    @CurrentPrincipal() { service }: Principal,
  ): Promise<Page<JobResponse>> {
    const [beforeId] = CURSOR.read(cursor) ?? [];
    const rows = await this.jobs.list(service, { active, tags: tag, q }, { limit: limit + 1, beforeId });
    return mapPage(
      pageOf(rows, limit, CURSOR, (job) => [job.id]),
      toJobResponse,
    );
  }

  @Post()
  @RequireScopes('jobs:write')
  @ApiOperation({ operationId: 'createJob', summary: 'Create a job' })
  @ApiBody({ type: JobRequest, examples: JOB_EXAMPLES })
  @ApiCreatedResponse({ type: JobResponse, description: 'Created; `Location` says where.' })
  @ApiConflictResponse(NAME_TAKEN)
  async create(
    @Body() body: JobRequest,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) response: Response,
  ): Promise<JobResponse> {
    const spec = toJobSpec(body);
    demandScopeForTargets(principal, spec);
    const job = await this.jobs.create(principal.service, spec);
    response.location(`/jobs/${job.id}`);
    return toJobResponse(job);
  }

  @Get(':jobId')
  @RequireScopes('jobs:read')
  @ApiOperation({ operationId: 'getJob', summary: 'Get a job' })
  @ApiOkResponse({ type: JobResponse })
  @ApiNotModified()
  @ApiNotFoundResponse(NO_SUCH_JOB)
  async get(@Param('jobId') jobId: string, @CurrentPrincipal() { service }: Principal): Promise<JobResponse> {
    return toJobResponse(await this.jobs.get(service, jobId));
  }

  /** The body is not typed as a DTO, for it may hold what only the stored job can be compared with. */
  @Put(':jobId')
  @RequireScopes('jobs:write')
  @ApiOperation({
    operationId: 'replaceJob',
    summary: 'Replace a job: what is left out takes its default',
    description: AS_IT_WAS_READ,
  })
  @ApiBody({ type: JobRequest, examples: JOB_EXAMPLES })
  @ApiOkResponse({ type: JobResponse })
  @ApiHeader(IF_MATCH)
  @ApiNotFoundResponse(NO_SUCH_JOB)
  @ApiConflictResponse(NAME_TAKEN)
  @ApiPreconditionFailedResponse(STALE)
  async replace(
    @Param('jobId') jobId: string,
    @Body() body: unknown,
    @VersionSeen() expectedVersion: number | null,
    @CurrentPrincipal() principal: Principal,
  ): Promise<JobResponse> {
    const decide = async (job: Job) => permitted(principal, job, await replacingJobSpec(job, body));
    return toJobResponse(await this.jobs.change(principal.service, jobId, expectedVersion, decide));
  }

  /** The body is not typed as a DTO: only the document that results from the patch can be judged. */
  @Patch(':jobId')
  @RequireScopes('jobs:write')
  @ApiOperation({
    operationId: 'updateJob',
    summary: 'Change parts of a job by a merge patch (RFC 7396)',
    description: AS_IT_WAS_READ,
  })
  @ApiMergePatch(JobRequest, JOB_PATCH_EXAMPLES)
  @ApiOkResponse({ type: JobResponse })
  @ApiHeader(IF_MATCH)
  @ApiNotFoundResponse(NO_SUCH_JOB)
  @ApiConflictResponse(NAME_TAKEN)
  @ApiPreconditionFailedResponse(STALE)
  async update(
    @Param('jobId') jobId: string,
    @Body() patch: unknown,
    @VersionSeen() expectedVersion: number | null,
    @CurrentPrincipal() principal: Principal,
  ): Promise<JobResponse> {
    const decide = async (job: Job) => permitted(principal, job, await patchedJobSpec(job, patch));
    return toJobResponse(await this.jobs.change(principal.service, jobId, expectedVersion, decide));
  }

  @Delete(':jobId')
  @RequireScopes('jobs:write')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'deleteJob',
    summary: 'Delete a job: ends its schedules, cancels its pending executions, keeps its history',
  })
  @ApiNoContentResponse()
  @ApiHeader(IF_MATCH)
  @ApiNotFoundResponse(NO_SUCH_JOB)
  @ApiPreconditionFailedResponse(STALE)
  async delete(
    @Param('jobId') jobId: string,
    @IfMatch() expectedVersion: number | null,
    @CurrentPrincipal() { service }: Principal,
  ): Promise<void> {
    await this.jobs.delete(service, jobId, expectedVersion);
  }

  @Post(':jobId/activate')
  @RequireScopes('jobs:write')
  @HttpCode(200)
  @ApiOperation({ operationId: 'activateJob', summary: 'Activate a job: its schedules fire again' })
  @ApiOkResponse({ type: JobResponse })
  @ApiNotFoundResponse(NO_SUCH_JOB)
  async activate(
    @Param('jobId') jobId: string,
    @CurrentPrincipal() principal: Principal,
  ): Promise<JobResponse> {
    await demandScopeToRun(this.jobs, principal, () => jobId);
    return toJobResponse(await this.jobs.activate(principal.service, jobId));
  }

  @Post(':jobId/deactivate')
  @RequireScopes('jobs:write')
  @HttpCode(200)
  @ApiOperation({ operationId: 'deactivateJob', summary: 'Deactivate a job: its schedules stop firing' })
  @ApiOkResponse({ type: JobResponse })
  @ApiNotFoundResponse(NO_SUCH_JOB)
  async deactivate(
    @Param('jobId') jobId: string,
    @CurrentPrincipal() { service }: Principal,
  ): Promise<JobResponse> {
    return toJobResponse(await this.jobs.deactivate(service, jobId));
  }
}

/** @throws ProblemError `scope_missing` when the job runs a command, before or after */
function permitted(principal: Principal, job: Job, spec: JobSpec): JobSpec {
  demandScopeForTargets(principal, job, spec);
  return spec;
}
