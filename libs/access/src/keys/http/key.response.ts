import { ApiProperty } from '@nestjs/swagger';
import { ID, INSTANT, INSTANT_OR_NULL } from '@app/platform/http';
import { type Scope, SCOPES } from '../../domain/scopes.js';
import type { ApiKey, FreshKey } from '../api-key.js';

export class KeyResponse {
  @ApiProperty(ID)
  id!: string;

  @ApiProperty({ example: 'default' })
  service!: string;

  @ApiProperty({ example: 'deployments' })
  name!: string;

  @ApiProperty({ enum: SCOPES, isArray: true })
  scopes!: readonly Scope[];

  @ApiProperty({ type: [String], example: ['10.0.0.0/8'], description: 'Empty: from anywhere.' })
  allowedCidrs!: readonly string[];

  @ApiProperty({ ...INSTANT_OR_NULL, example: '2030-01-31T12:00:00.000Z' })
  expiresAt!: string | null;

  @ApiProperty({
    ...INSTANT_OR_NULL,
    description: 'Written at most once a minute; not counted by `version`.',
  })
  lastUsedAt!: string | null;

  @ApiProperty({ ...INSTANT_OR_NULL, example: null })
  rotatedAt!: string | null;

  @ApiProperty({
    ...INSTANT_OR_NULL,
    example: null,
    description: 'Until when the secret from before the last rotation stays valid.',
  })
  previousValidUntil!: string | null;

  @ApiProperty({ example: 'key:01981b5e-7c00-7000-8000-0123456789ab' })
  createdBy!: string;

  @ApiProperty({ type: 'integer', example: 1, description: 'Rises with each rotation; also the ETag.' })
  version!: number;

  @ApiProperty(INSTANT)
  createdAt!: string;

  @ApiProperty(INSTANT)
  updatedAt!: string;
}

export class FreshKeyResponse extends KeyResponse {
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The key itself: in this answer and never again. A replay by Idempotency-Key has null here.',
  })
  key!: string | null;
}

/** The white list of what leaves the service. */
export function toKeyResponse(key: ApiKey): KeyResponse {
  return {
    id: key.id,
    service: key.service,
    name: key.name,
    scopes: key.scopes,
    allowedCidrs: key.allowedCidrs,
    expiresAt: textOf(key.expiresAt),
    lastUsedAt: textOf(key.lastUsedAt),
    rotatedAt: textOf(key.rotatedAt),
    previousValidUntil: textOf(key.previousValidUntil),
    createdBy: key.createdBy,
    version: key.version,
    createdAt: key.createdAt.toISOString(),
    updatedAt: key.updatedAt.toISOString(),
  };
}

export function toFreshKeyResponse({ key, text }: FreshKey): FreshKeyResponse {
  return { ...toKeyResponse(key), key: text };
}

function textOf(time: Date | null): string | null {
  return time?.toISOString() ?? null;
}
