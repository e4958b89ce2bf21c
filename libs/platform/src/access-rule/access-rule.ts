import { type CustomDecorator, SetMetadata } from '@nestjs/common';

/** Who may call a route: everybody, or a principal that has all of the scopes (none: any principal). */
export type AccessRule =
  { readonly type: 'public' } | { readonly type: 'scopes'; readonly scopes: readonly string[] };

/** Under this key a handler keeps its rule; whatever has none is closed. */
const ACCESS_RULE = Symbol('ACCESS_RULE');

export function setAccessRule(rule: AccessRule): CustomDecorator<symbol> {
  return SetMetadata(ACCESS_RULE, rule);
}

/** A route that needs no principal: open to everybody, or behind a guard of its own. */
export function Public(): CustomDecorator<symbol> {
  return setAccessRule({ type: 'public' });
}

/** The rule of a handler; null where nobody gave it one. */
export function accessRuleOf(handler: object): AccessRule | null {
  return (Reflect.getMetadata(ACCESS_RULE, handler) as AccessRule | undefined) ?? null;
}
