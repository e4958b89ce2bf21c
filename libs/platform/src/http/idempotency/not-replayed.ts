import { type CustomDecorator, SetMetadata } from '@nestjs/common';

const NOT_REPLAYED = Symbol('NOT_REPLAYED');

/** This member of the answer is a secret: what is kept for an idempotency key, and given again, has null there. */
export function NotReplayed(member: string): CustomDecorator<symbol> {
  return SetMetadata(NOT_REPLAYED, member);
}

/** The body of an answer as it may be kept. */
export function replayable(handler: object, body: unknown): unknown {
  const member = Reflect.getMetadata(NOT_REPLAYED, handler) as string | undefined;
  return member === undefined ? body : { ...(body as object), [member]: null };
}
