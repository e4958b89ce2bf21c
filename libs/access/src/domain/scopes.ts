/** Everything that a credential may be allowed to do. Calendars go with schedules. */
export const SCOPES = [
  'jobs:read',
  'jobs:write',
  'schedules:read',
  'schedules:write',
  'executions:read',
  'executions:run',
  'executions:cancel',
  'secrets:write',
  'keys:manage',
  'audit:read',
  'commands:run',
  'service:admin',
] as const;

export type Scope = (typeof SCOPES)[number];

export const ROLE_NAMES = ['viewer', 'operator', 'editor', 'admin'] as const;

export type Role = (typeof ROLE_NAMES)[number];

const VIEWER: readonly Scope[] = ['jobs:read', 'schedules:read', 'executions:read'];
const OPERATOR: readonly Scope[] = [...VIEWER, 'executions:run', 'executions:cancel'];
const EDITOR: readonly Scope[] = [...OPERATOR, 'jobs:write', 'schedules:write', 'secrets:write'];
const ADMIN: readonly Scope[] = [...EDITOR, 'keys:manage', 'audit:read'];

/**
 * Named sets, each with all of the one before. `commands:run` reaches the machines of the workers and `service:admin`
 * other services, so that no role has them: they are given by name.
 */
const ROLES: Readonly<Record<Role, readonly Scope[]>> = {
  viewer: VIEWER,
  operator: OPERATOR,
  editor: EDITOR,
  admin: ADMIN,
};

export function isScope(text: string): text is Scope {
  return (SCOPES as readonly string[]).includes(text);
}

export function isRole(text: string): text is Role {
  return (ROLE_NAMES as readonly string[]).includes(text);
}

/** What is granted: a role, scopes, or a role and scopes beyond it. */
export interface Grant {
  readonly role?: Role | undefined;
  readonly scopes?: readonly Scope[] | undefined;
}

/** Each scope once, in the order of `SCOPES`. */
export function scopesOf({ role, scopes = [] }: Grant): Scope[] {
  const granted = new Set<Scope>([...(role === undefined ? [] : ROLES[role]), ...scopes]);
  return SCOPES.filter((scope) => granted.has(scope));
}

/** Those of `needed` that are not among `granted`. */
export function missingScopes<S extends string>(needed: readonly S[], granted: ReadonlySet<string>): S[] {
  return needed.filter((scope) => !granted.has(scope));
}
