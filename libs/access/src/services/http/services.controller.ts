import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Query, Res } from '@nestjs/common';
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
import {
  ApiMergePatch,
  ApiNotModified,
  ApiPage,
  cursorOf,
  IF_MATCH,
  IfMatch,
  mapPage,
  type Page,
  pageOf,
  PageQuery,
  patchedRequest,
  Post,
  VersionSeen,
  AS_IT_WAS_READ,
} from '@app/platform/http';
import { RequireScopes } from '../../require-scopes.js';
import type { Service, ServiceSpec } from '../domain/service.js';
import { ServicesService } from '../services.service.js';
import { CreateServiceRequest, requestOf, ServiceRequest, toServiceSpec } from './service.request.js';
import { ServiceResponse, toServiceResponse } from './service.response.js';

const CURSOR = cursorOf('services', ['string']);
const NO_SUCH_SERVICE = { description: 'There is no such service.' };
const SLUG_TAKEN = {
  description: 'There is a service with this slug, or was one whose audit log is still kept.',
};
const IN_USE = { description: 'It still owns resources, or is the built-in service `default`.' };
const STALE = { description: 'The service has changed since it was read.' };
const EXAMPLES = {
  billing: { summary: 'With a limit', value: { slug: 'billing', name: 'Billing', maxJobs: 1_000 } },
};
const PATCHES = {
  limit: { summary: 'Another limit', value: { maxConcurrentRuns: 50, maxJobs: null } },
  runs: {
    summary: 'How often it may run',
    value: { minIntervalSeconds: 60, maxRunsPerMinute: 600, maxStoredBytes: 10_000_000_000 },
  },
};

/** The tenants, for operators. */
@ApiTags('services')
@Controller('services')
export class ServicesController {
  constructor(private readonly services: ServicesService) {}

  @Get()
  @RequireScopes('service:admin')
  @ApiOperation({ operationId: 'listServices', summary: 'List services by slug' })
  @ApiPage(ServiceResponse)
  async list(@Query() { limit, cursor }: PageQuery): Promise<Page<ServiceResponse>> {
    const [afterSlug] = CURSOR.read(cursor) ?? [];
    const rows = await this.services.list({ limit: limit + 1, afterSlug });
    return mapPage(
      pageOf(rows, limit, CURSOR, (service) => [service.slug]),
      toServiceResponse,
    );
  }

  @Post()
  @RequireScopes('service:admin')
  @ApiOperation({ operationId: 'createService', summary: 'Create a service' })
  @ApiBody({ type: CreateServiceRequest, examples: EXAMPLES })
  @ApiCreatedResponse({ type: ServiceResponse, description: 'Created; `Location` says where.' })
  @ApiConflictResponse(SLUG_TAKEN)
  async create(
    @Body() body: CreateServiceRequest,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ServiceResponse> {
    const service = await this.services.create(body.slug, toServiceSpec(body));
    response.location(`/services/${service.slug}`);
    return toServiceResponse(service);
  }

  @Get(':slug')
  @RequireScopes('service:admin')
  @ApiOperation({ operationId: 'getService', summary: 'Get a service with its limits' })
  @ApiOkResponse({ type: ServiceResponse })
  @ApiNotModified()
  @ApiNotFoundResponse(NO_SUCH_SERVICE)
  async get(@Param('slug') slug: string): Promise<ServiceResponse> {
    return toServiceResponse(await this.services.get(slug));
  }

  /** The body is not typed as a DTO: only the document that results from the patch can be judged. */
  @Patch(':slug')
  @RequireScopes('service:admin')
  @ApiOperation({
    operationId: 'updateService',
    summary: 'Change parts of a service by a merge patch (RFC 7396)',
    description: `Workers and other api processes follow the new limits within seconds. ${AS_IT_WAS_READ}`,
  })
  @ApiMergePatch(ServiceRequest, PATCHES)
  @ApiOkResponse({ type: ServiceResponse })
  @ApiHeader(IF_MATCH)
  @ApiNotFoundResponse(NO_SUCH_SERVICE)
  @ApiPreconditionFailedResponse(STALE)
  async update(
    @Param('slug') slug: string,
    @Body() patch: unknown,
    @VersionSeen() expectedVersion: number | null,
  ): Promise<ServiceResponse> {
    const decide = (service: Service) => patched(service, patch);
    return toServiceResponse(await this.services.change(slug, expectedVersion, decide));
  }

  @Delete(':slug')
  @RequireScopes('service:admin')
  @HttpCode(204)
  @ApiOperation({ operationId: 'deleteService', summary: 'Delete a service that owns nothing' })
  @ApiNoContentResponse()
  @ApiHeader(IF_MATCH)
  @ApiNotFoundResponse(NO_SUCH_SERVICE)
  @ApiConflictResponse(IN_USE)
  @ApiPreconditionFailedResponse(STALE)
  async delete(@Param('slug') slug: string, @IfMatch() expectedVersion: number | null): Promise<void> {
    await this.services.delete(slug, expectedVersion);
  }
}

/** The service after a merge patch. @throws ProblemError `validation_failed` */
async function patched(service: Service, patch: unknown): Promise<ServiceSpec> {
  return toServiceSpec(
    await patchedRequest(
      ServiceRequest,
      { request: requestOf(service), response: toServiceResponse(service) },
      patch,
    ),
  );
}
