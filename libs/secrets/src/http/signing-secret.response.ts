import { ApiProperty } from '@nestjs/swagger';
import type { SigningSecretMetadata } from '../domain/signing-secret.js';
import type { NewSigningSecret } from '../signing/signing-secrets.service.js';

const TIME = { format: 'date-time', example: '2026-01-31T12:00:00.000Z' } as const;

export class SigningSecretResponse {
  @ApiProperty({ format: 'uuid', example: '01981b5e-7c00-7000-8000-0123456789ab' })
  id!: string;

  @ApiProperty(TIME)
  createdAt!: string;

  @ApiProperty({
    ...TIME,
    type: 'string',
    nullable: true,
    description: 'Until when calls are also signed with it; null for the current one.',
  })
  expiresAt!: string | null;
}

export class NewSigningSecretResponse extends SigningSecretResponse {
  @ApiProperty({
    type: 'string',
    nullable: true,
    example: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=',
    description: 'Shown only once: an answer replayed for an Idempotency-Key has null.',
  })
  secret!: string | null;
}

/** The white list of what leaves the service. */
export function toSigningSecretResponse({
  id,
  createdAt,
  expiresAt,
}: SigningSecretMetadata): SigningSecretResponse {
  return { id, createdAt: createdAt.toISOString(), expiresAt: expiresAt?.toISOString() ?? null };
}

export function toNewSigningSecretResponse(secret: NewSigningSecret): NewSigningSecretResponse {
  return { ...toSigningSecretResponse(secret), secret: secret.secret };
}
