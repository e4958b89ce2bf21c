import { Body, Controller, Delete, Get, Header, HttpCode, Param } from '@nestjs/common';
import {
  ApiBody,
  ApiConflictResponse,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiNotFoundResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { CurrentPrincipal, type Principal, RequireScopes } from '@app/access';
import { ApiPage, NotReplayed, type Page, Post } from '@app/platform/http';
import { SigningSecretsService } from '../signing/signing-secrets.service.js';
import { RotateSigningSecretRequest } from './rotate-signing-secret.request.js';
import {
  NewSigningSecretResponse,
  SigningSecretResponse,
  toNewSigningSecretResponse,
  toSigningSecretResponse,
} from './signing-secret.response.js';

const EXAMPLES = {
  aDay: { summary: 'The previous one also signs for a day', value: { overlapSeconds: 86_400 } },
};

@ApiTags('secrets')
@Controller('signing-secrets')
export class SigningSecretsController {
  constructor(private readonly signingSecrets: SigningSecretsService) {}

  @Get()
  @RequireScopes('secrets:write')
  @ApiOperation({
    operationId: 'listSigningSecrets',
    summary: 'List what signs the calls to HTTP targets, newest first: at most five, on one page',
  })
  @ApiPage(SigningSecretResponse)
  async list(@CurrentPrincipal() { service }: Principal): Promise<Page<SigningSecretResponse>> {
    const items = await this.signingSecrets.list(service);
    return { items: items.map(toSigningSecretResponse), nextCursor: null };
  }

  @Post('rotate')
  @Header('Cache-Control', 'no-store')
  @RequireScopes('secrets:write')
  @NotReplayed('secret')
  @ApiOperation({
    operationId: 'rotateSigningSecret',
    summary: 'Sign the calls to HTTP targets (Standard Webhooks) with a new secret, shown this once',
  })
  @ApiBody({ type: RotateSigningSecretRequest, required: false, examples: EXAMPLES })
  @ApiCreatedResponse({ type: NewSigningSecretResponse })
  @ApiConflictResponse({ description: 'This installation has no SECRETS_KEYS.' })
  async rotate(
    @Body() { overlapSeconds = 86_400 }: RotateSigningSecretRequest,
    @CurrentPrincipal() { service }: Principal,
  ): Promise<NewSigningSecretResponse> {
    return toNewSigningSecretResponse(await this.signingSecrets.rotate(service, overlapSeconds));
  }

  @Delete(':signingSecretId')
  @RequireScopes('secrets:write')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'deleteSigningSecret',
    summary: 'Stop signing with a secret, within 5 s; without any secret calls are not signed',
  })
  @ApiNoContentResponse()
  @ApiNotFoundResponse({ description: 'There is no such signing secret, or it has expired.' })
  async delete(
    @Param('signingSecretId') signingSecretId: string,
    @CurrentPrincipal() { service }: Principal,
  ): Promise<void> {
    await this.signingSecrets.delete(service, signingSecretId);
  }
}
