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
import {
  ApiPage,
  cursorOf,
  IF_MATCH,
  IfMatch,
  mapPage,
  NotReplayed,
  type Page,
  pageOf,
  PageQuery,
  Post,
} from '@app/platform/http';
import { CurrentPrincipal, type Principal } from '../../principal.js';
import { RequireScopes } from '../../require-scopes.js';
import { KeysService } from '../keys.service.js';
import { KeyRequest, RotateKeyRequest } from './key.request.js';
import { FreshKeyResponse, KeyResponse, toFreshKeyResponse, toKeyResponse } from './key.response.js';
import { toKeySpec } from './key-spec.js';

const CURSOR = cursorOf('keys', ['uuid']);
const NO_SUCH_KEY = { description: 'There is no such key, or it was revoked.' };
const WIDER = { description: 'The key would have scopes that the credential asking for it does not have.' };
const NO_KEYS = { description: 'This installation has no API keys.' };
const EXPIRED = { description: 'It has expired, or this installation has no API keys.' };
const STALE = { description: 'The key has changed since it was read.' };
const EXAMPLES = {
  role: { summary: 'With a role', value: { name: 'dashboard', role: 'viewer' } },
  scopes: {
    summary: 'With scopes, from one network, for a while',
    value: {
      name: 'deployments',
      scopes: ['jobs:read', 'jobs:write'],
      allowedCidrs: ['10.0.0.0/8'],
      expiresAt: '2099-01-31T12:00:00Z',
    },
  },
};

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
    @Query() { limit, cursor }: PageQuery,
    @CurrentPrincipal() { service }: Principal,
  ): Promise<Page<KeyResponse>> {
    const [beforeId] = CURSOR.read(cursor) ?? [];
    const rows = await this.keys.list(service, { limit: limit + 1, beforeId });
    return mapPage(
      pageOf(rows, limit, CURSOR, (key) => [key.id]),
      toKeyResponse,
    );
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
    const fresh = await this.keys.create(principal, toKeySpec(body, this.clock.now()));
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
