import { ApiProperty } from '@nestjs/swagger';
import type { SecretMetadata } from '../domain/secret.js';

const TIME = { format: 'date-time', example: '2026-01-31T12:00:00.000Z' } as const;

export class SecretResponse {
  @ApiProperty({ example: 'BILLING_TOKEN' })
  name!: string;

  @ApiProperty({ type: 'integer', example: 1, description: 'Rises with each new value; also the ETag.' })
  version!: number;

  @ApiProperty(TIME)
  createdAt!: string;

  @ApiProperty(TIME)
  updatedAt!: string;
}

/** The white list of what leaves the service. */
export function toSecretResponse({ name, version, createdAt, updatedAt }: SecretMetadata): SecretResponse {
  return { name, version, createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
}
