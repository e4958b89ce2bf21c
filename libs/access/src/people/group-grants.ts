import { Injectable, type OnModuleInit } from '@nestjs/common';
import { readFileSync } from 'node:fs';
import { AppConfig, ConfigError } from '@app/platform/config';
import { isJsonObject } from '@app/platform/problem';
import { type Grant, isRole, isScope, type Scope, scopesOf } from '../domain/scopes.js';
import { SLUG } from '../services/domain/service.js';

type ServiceGrant = Grant & { readonly service: string };

/** What membership of a group gives, as the operator's file says. Read once, at start. */
@Injectable()
export class GroupGrants implements OnModuleInit {
  private groups = new Map<string, readonly ServiceGrant[]>();

  constructor(private readonly config: AppConfig) {}

  /** @throws ConfigError with every fault of the file */
  onModuleInit(): void {
    const { authMode, oidc } = this.config;
    if (authMode === 'oidc' && oidc.groupsFile !== null) this.groups = readGroups(oidc.groupsFile);
  }

  /** The services that the groups give, with all scopes that any of them gives there. */
  of(groups: readonly string[]): Map<string, Scope[]> {
    const grants = groups.flatMap((group) => this.groups.get(group) ?? []);
    const services = new Map<string, Scope[]>();
    for (const { service, ...grant } of grants)
      services.set(service, scopesOf({ scopes: [...(services.get(service) ?? []), ...scopesOf(grant)] }));
    return services;
  }
}

function readGroups(file: string): Map<string, readonly ServiceGrant[]> {
  const groups = parse(file);
  const faults = Object.entries(groups).flatMap(([group, grants]) => faultsOf(group, grants));
  if (faults.length > 0) throw new ConfigError(faults.map((fault) => `OIDC_GROUPS_FILE: ${fault}`));
  return new Map(Object.entries(groups as Record<string, ServiceGrant[]>));
}

function parse(file: string): Readonly<Record<string, unknown>> {
  try {
    const groups = JSON.parse(readFileSync(file, 'utf8')) as unknown;
    if (isJsonObject(groups) && Object.keys(groups).length > 0) return groups;
  } catch (error) {
    throw new ConfigError([`OIDC_GROUPS_FILE: ${file} cannot be read: ${(error as Error).message}`]);
  }
  throw new ConfigError([`OIDC_GROUPS_FILE: ${file} must be a JSON object with a member for each group`]);
}

function faultsOf(group: string, grants: unknown): string[] {
  if (!Array.isArray(grants) || grants.length === 0)
    return [`${group} must be a list such as [{"service": "payments", "role": "editor"}]`];
  return grants.flatMap((grant: unknown) => grantFaults(grant).map((fault) => `${group}: ${fault}`));
}

function grantFaults(grant: unknown): string[] {
  if (!isJsonObject(grant)) return ['each item must be an object'];
  const { service, role, scopes = [], ...rest } = grant;
  const faults = Object.keys(rest).map((member) => `${member} is not known here`);
  if (typeof service !== 'string' || !SLUG.test(service)) faults.push(`service ${JSON.stringify(service)}`);
  if (role !== undefined && !(typeof role === 'string' && isRole(role)))
    faults.push(`role ${JSON.stringify(role)} does not exist`);
  const isScopes =
    Array.isArray(scopes) && scopes.every((scope) => typeof scope === 'string' && isScope(scope));
  if (!isScopes) faults.push(`scopes ${JSON.stringify(scopes)} are not all scopes`);
  else if (role === undefined && scopes.length === 0) faults.push('a role or scopes are required');
  return faults;
}
