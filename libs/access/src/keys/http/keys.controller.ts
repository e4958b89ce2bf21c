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
import { KeysService } from '../keys.service.js';
import { EXAMPLES, EXPIRED, NO_KEYS, NO_SUCH_KEY, STALE, WIDER } from './key-answers.js';
import { keyPage } from './key-page.js';
import { KeyRequest, RotateKeyRequest } from './key.request.js';
import { FreshKeyResponse, KeyResponse, toFreshKeyResponse, toKeyResponse } from './key.response.js';
import { toKeySpec } from './key-spec.js';

@ApiTags('keys')
@Controller('keys')
export class KeysController {
  constructor(
    private readonly keys: KeysService,
    private readonly clock: Clock,
  ) {}

  @Get()
  @RequireScopes('keys:manage')
  @ApiOperation({ operationId: 'listKeys', summary: 'List API keys, newest first, without their secrets' })
  @ApiPage(KeyResponse)
  async list(
    @Query() query: PageQuery,
    @CurrentPrincipal() { service }: Principal,
  ): Promise<Page<KeyResponse>> {
    return keyPage(query, (window) => this.keys.list(service, window));
  }

  @Post()
  @RequireScopes('keys:manage')
  @Header('Cache-Control', 'no-store')
  @NotReplayed('key')
  @ApiOperation({ operationId: 'createKey', summary: 'Create an API key, which only this answer shows' })
  @ApiBody({ type: KeyRequest, examples: EXAMPLES })
  @ApiCreatedResponse({ type: FreshKeyResponse, description: 'Created; `Location` says where.' })
  @ApiForbiddenResponse(WIDER)
  @ApiConflictResponse(NO_KEYS)
  async create(
    @Body() body: KeyRequest,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) response: Response,
  ): Promise<FreshKeyResponse> {
    const fresh = await this.keys.create(principal, principal.service, toKeySpec(body, this.clock.now()));
    response.location(`/keys/${fresh.key.id}`);
    return toFreshKeyResponse(fresh);
  }

  /** `lastUsedAt` moves on while the version stays. */
  @Get(':keyId')
  @Header('Cache-Control', 'no-store')
  @RequireScopes('keys:manage')
  @ApiOperation({ operationId: 'getKey', summary: 'Get an API key, without its secret' })
  @ApiOkResponse({ type: KeyResponse })
  @ApiNotFoundResponse(NO_SUCH_KEY)
  async get(@Param('keyId') keyId: string, @CurrentPrincipal() { service }: Principal): Promise<KeyResponse> {
    return toKeyResponse(await this.keys.get(service, keyId));
  }

  @Delete(':keyId')
  @RequireScopes('keys:manage')
  @HttpCode(204)
  @ApiOperation({ operationId: 'revokeKey', summary: 'Revoke an API key, in force everywhere within 5 s' })
  @ApiNoContentResponse()
  @ApiHeader(IF_MATCH)
  @ApiNotFoundResponse(NO_SUCH_KEY)
  @ApiPreconditionFailedResponse(STALE)
  async revoke(
    @Param('keyId') keyId: string,
    @CurrentPrincipal() { service }: Principal,
    @IfMatch() expectedVersion: number | null,
  ): Promise<void> {
    await this.keys.revoke(service, keyId, expectedVersion);
  }

  @Post(':keyId/rotate')
  @RequireScopes('keys:manage')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  @NotReplayed('key')
  @ApiOperation({
    operationId: 'rotateKey',
    summary: 'Give an API key a new secret; the old one stays valid for a while',
  })
  @ApiBody({ type: RotateKeyRequest, required: false })
  @ApiHeader(IF_MATCH)
  @ApiOkResponse({ type: FreshKeyResponse })
  @ApiForbiddenResponse(WIDER)
  @ApiNotFoundResponse(NO_SUCH_KEY)
  @ApiConflictResponse(EXPIRED)
  @ApiPreconditionFailedResponse(STALE)
  async rotate(
    @Param('keyId') keyId: string,
    @Body() { overlapSeconds }: RotateKeyRequest,
    @CurrentPrincipal() principal: Principal,
    @IfMatch() expectedVersion: number | null,
  ): Promise<FreshKeyResponse> {
    return toFreshKeyResponse(await this.keys.rotate(principal, keyId, overlapSeconds, expectedVersion));
  }
}
