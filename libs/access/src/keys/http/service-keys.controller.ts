import { Body, Controller, Delete, Get, Header, HttpCode, Param, Query, Res } from '@nestjs/common';
import {
  ApiBody,
  ApiConflictResponse,
  ApiCreatedResponse,
  ApiForbiddenResponse,
  ApiHeader,
  ApiNoContentResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiPreconditionFailedResponse,
  ApiTags,
} from '@nestjs/swagger';
import type { Response } from 'express';
import { Clock } from '@app/platform/clock';
import { ApiPage, IF_MATCH, IfMatch, NotReplayed, type Page, PageQuery, Post } from '@app/platform/http';
import { CurrentPrincipal, type Principal } from '../../principal.js';
import { RequireScopes } from '../../require-scopes.js';
import { ServicesService } from '../../services/services.service.js';
import { KeysService } from '../keys.service.js';
import { EXAMPLES, NO_KEYS, NO_SUCH_KEY, STALE, WIDER } from './key-answers.js';
import { keyPage } from './key-page.js';
import { KeyRequest } from './key.request.js';
import { FreshKeyResponse, KeyResponse, toFreshKeyResponse, toKeyResponse } from './key.response.js';
import { toKeySpec } from './key-spec.js';

const NO_SUCH_SERVICE = { description: 'There is no such service.' };
const NO_SUCH_KEY_THERE = { description: `There is no such service. ${NO_SUCH_KEY.description}` };

/** The keys of any service, for operators: the first one that a new service gets, and those that have to end. */
@ApiTags('services')
@Controller('services/:slug/keys')
export class ServiceKeysController {
  constructor(
    private readonly services: ServicesService,
    private readonly keys: KeysService,
    private readonly clock: Clock,
  ) {}

  @Get()
  @RequireScopes('service:admin', 'keys:manage')
  @ApiOperation({
    operationId: 'listServiceKeys',
    summary: "List a service's API keys, newest first, without their secrets",
  })
  @ApiPage(KeyResponse)
  @ApiNotFoundResponse(NO_SUCH_SERVICE)
  async list(@Param('slug') slug: string, @Query() query: PageQuery): Promise<Page<KeyResponse>> {
    const { slug: service } = await this.services.get(slug);
    return keyPage(query, (window) => this.keys.list(service, window));
  }

  @Post()
  @RequireScopes('service:admin', 'keys:manage')
  @Header('Cache-Control', 'no-store')
  @NotReplayed('key')
  @ApiOperation({
    operationId: 'createServiceKey',
    summary: 'Create an API key for a service, which only this answer shows',
    description:
      'It can have no scopes, networks or time that the credential which asks does not have itself.',
  })
  @ApiBody({ type: KeyRequest, examples: EXAMPLES })
  @ApiCreatedResponse({ type: FreshKeyResponse, description: 'Created; `Location` says where.' })
  @ApiForbiddenResponse(WIDER)
  @ApiNotFoundResponse(NO_SUCH_SERVICE)
  @ApiConflictResponse(NO_KEYS)
  async create(
    @Param('slug') slug: string,
    @Body() body: KeyRequest,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) response: Response,
  ): Promise<FreshKeyResponse> {
    const { slug: service } = await this.services.get(slug);
    const fresh = await this.keys.create(principal, service, toKeySpec(body, this.clock.now()));
    response.location(`/services/${service}/keys/${fresh.key.id}`);
    return toFreshKeyResponse(fresh);
  }

  @Get(':keyId')
  @RequireScopes('service:admin', 'keys:manage')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ operationId: 'getServiceKey', summary: "Get a service's API key, without its secret" })
  @ApiOkResponse({ type: KeyResponse })
  @ApiNotFoundResponse(NO_SUCH_KEY_THERE)
  async get(@Param('slug') slug: string, @Param('keyId') keyId: string): Promise<KeyResponse> {
    const { slug: service } = await this.services.get(slug);
    return toKeyResponse(await this.keys.get(service, keyId));
  }

  @Delete(':keyId')
  @RequireScopes('service:admin', 'keys:manage')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'revokeServiceKey',
    summary: "Revoke a service's API key, in force everywhere within 5 s",
  })
  @ApiNoContentResponse()
  @ApiHeader(IF_MATCH)
  @ApiNotFoundResponse(NO_SUCH_KEY_THERE)
  @ApiPreconditionFailedResponse(STALE)
  async revoke(
    @Param('slug') slug: string,
    @Param('keyId') keyId: string,
    @IfMatch() expectedVersion: number | null,
  ): Promise<void> {
    const { slug: service } = await this.services.get(slug);
    await this.keys.revoke(service, keyId, expectedVersion);
  }
}
