/** What anybody is told of a secret; its value leaves only towards a target. */
export interface SecretMetadata {
  readonly service: string;
  readonly name: string;
  /** Rises with each new value. */
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What its envelope is bound to. */
export function secretOwner({ service, name }: { service: string; name: string }): string[] {
  return ['secret', service, name];
}
