/** What anybody is told of a signing secret once it has been shown. */
export interface SigningSecretMetadata {
  readonly id: string;
  readonly service: string;
  readonly createdAt: Date;
  /** Until when calls are signed with it too; null for the one that stays. */
  readonly expiresAt: Date | null;
}

const PREFIX = 'whsec_';

/** A Standard Webhooks secret. @param bytes 24 to 64 of them, by chance */
export function signingSecretOf(bytes: Uint8Array): string {
  return PREFIX + Buffer.from(bytes).toString('base64');
}

/** What its envelope is bound to. */
export function signingSecretOwner({ service, id }: { service: string; id: string }): string[] {
  return ['signing', service, id];
}
