import { Body, Controller, Delete, Get, HttpCode, Param, Put, Query, Res } from '@nestjs/common';
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
  ApiPage,
  cursorOf,
  type Existence,
  IF_MATCH,
  IfMatch,
  mapPage,
  type Page,
  pageOf,
  PageQuery,
  StateAskedFor,
} from '@app/platform/http';
import { SecretsService } from '../secrets.service.js';
import { assertSecretName } from './secret-name.js';
import { SecretRequest } from './secret.request.js';
import { SecretResponse, toSecretResponse } from './secret.response.js';

const CURSOR = cursorOf('secrets', ['string']);
const NO_SUCH_SECRET = { description: 'There is no such secret, or it was deleted.' };
const IF_NONE_MATCH = {
  name: 'If-None-Match',
  required: false,
  description: '`*` only creates: 412 if there is such a secret.',
};
const STALE = { description: 'The secret has changed since it was read.' };
const CANNOT_BE_KEPT = {
  description: 'This installation has no SECRETS_KEYS, or the service has reached its limit of secrets.',
};

@ApiTags('secrets')
@Controller('secrets')
export class SecretsController {
  constructor(private readonly secrets: SecretsService) {}

  @Get()
  @RequireScopes('secrets:write')
  @ApiOperation({
    operationId: 'listSecrets',
    summary: 'List secrets by name; values are never shown',
  })
  @ApiPage(SecretResponse)
  async list(
    @Query() { limit, cursor }: PageQuery,
    @CurrentPrincipal() { service }: Principal,
  ): Promise<Page<SecretResponse>> {
    const [afterName = ''] = CURSOR.read(cursor) ?? [];
    const rows = await this.secrets.list(service, { limit: limit + 1, afterName });
    return mapPage(
      pageOf(rows, limit, CURSOR, (secret) => [secret.name]),
      toSecretResponse,
    );
  }

  @Get(':name')
  @RequireScopes('secrets:write')
  @ApiOperation({
    operationId: 'getSecret',
    summary: 'Get what is known of a secret; its value is never shown',
  })
  @ApiOkResponse({ type: SecretResponse })
  @ApiNotFoundResponse(NO_SUCH_SECRET)
  async get(
    @Param('name') name: string,
    @CurrentPrincipal() { service }: Principal,
  ): Promise<SecretResponse> {
    assertSecretName(name);
    return toSecretResponse(await this.secrets.get(service, name));
  }

  @Put(':name')
  @RequireScopes('secrets:write')
  @ApiOperation({
    operationId: 'putSecret',
    summary: 'Store a secret, which URL, headers, body and env of a target name as {{secret.NAME}}',
  })
  @ApiBody({ type: SecretRequest })
  @ApiOkResponse({ type: SecretResponse, description: 'Stored; used from the next run on.' })
  @ApiCreatedResponse({ type: SecretResponse })
  @ApiHeader(IF_MATCH)
  @ApiHeader(IF_NONE_MATCH)
  @ApiNotFoundResponse(NO_SUCH_SECRET)
  @ApiConflictResponse(CANNOT_BE_KEPT)
  @ApiPreconditionFailedResponse(STALE)
  async put(
    @Param('name') name: string,
    @Body() { value }: SecretRequest,
    @StateAskedFor() expected: number | Existence | null,
    @CurrentPrincipal() { service }: Principal,
    @Res({ passthrough: true }) response: Response,
  ): Promise<SecretResponse> {
    assertSecretName(name);
    const secret = await this.secrets.put(service, name, value, expected);
    if (secret.version === 1) response.status(201).location(`/secrets/${name}`);
    return toSecretResponse(secret);
  }

  @Delete(':name')
  @RequireScopes('secrets:write')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'deleteSecret',
    summary: 'Delete a secret: runs that name it fail from now on, before anything is sent',
  })
  @ApiNoContentResponse()
  @ApiHeader(IF_MATCH)
  @ApiNotFoundResponse(NO_SUCH_SECRET)
  @ApiPreconditionFailedResponse(STALE)
  async delete(
    @Param('name') name: string,
    @IfMatch() expectedVersion: number | null,
    @CurrentPrincipal() { service }: Principal,
  ): Promise<void> {
    await this.secrets.delete(service, name, expectedVersion);
  }
}
