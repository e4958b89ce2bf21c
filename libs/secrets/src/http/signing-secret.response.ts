import { ApiProperty } from '@nestjs/swagger';
import { ID, INSTANT, INSTANT_OR_NULL } from '@app/platform/http';
import type { SigningSecretMetadata } from '../domain/signing-secret.js';
import type { NewSigningSecret } from '../signing/signing-secrets.service.js';

export class SigningSecretResponse {
  @ApiProperty(ID)
  id!: string;

  @ApiProperty(INSTANT)
  createdAt!: string;

  @ApiProperty({
    ...INSTANT_OR_NULL,
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
