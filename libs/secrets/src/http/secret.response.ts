import { ApiProperty } from '@nestjs/swagger';
import { INSTANT } from '@app/platform/http';
import type { SecretMetadata } from '../domain/secret.js';

export class SecretResponse {
  @ApiProperty({ example: 'BILLING_TOKEN' })
  name!: string;

  @ApiProperty({ type: 'integer', example: 1, description: 'Rises with each new value; also the ETag.' })
  version!: number;

  @ApiProperty(INSTANT)
  createdAt!: string;

  @ApiProperty(INSTANT)
  updatedAt!: string;
}

/** The white list of what leaves the service. */
export function toSecretResponse({ name, version, createdAt, updatedAt }: SecretMetadata): SecretResponse {
  return { name, version, createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
}
