import { parseArgs } from 'node:util';
import { isRole, isScope, type KeySpec, ROLE_NAMES, SCOPES, scopesOf, SLUG } from '@app/access';
import { StartupFault } from '@app/platform/lifecycle';

export interface KeyOptions {
  readonly service: string;
  readonly spec: KeySpec;
}

const USAGE = `Usage: npm run key:create -- --service payments --role admin [--scopes a,b] [--name "the first key"]
  --role    ${ROLE_NAMES.join(', ')}
  --scopes  ${SCOPES.join(', ')}`;

/** @throws StartupFault with how to do it right */
export function readKeyOptions(args: readonly string[]): KeyOptions {
  const { service, role, scopes = '', name = 'created at the console' } = parse(args);
  const named = scopes.split(',').filter((scope) => scope !== '');
  if (service === undefined) throw wrong('--service is missing');
  if (!SLUG.test(service))
    throw wrong(`--service ${service}: allowed are a-z, 0-9 and dashes inside, up to 63`);
  if (role !== undefined && !isRole(role)) throw wrong(`--role ${role}: there is no such role`);
  const unknown = named.filter((scope) => !isScope(scope));
  if (unknown.length > 0) throw wrong(`--scopes ${unknown.join(',')}: there is no such scope`);
  const granted = scopesOf({ role, scopes: named.filter(isScope) });
  if (granted.length === 0) throw wrong('--role or --scopes is missing');
  return { service, spec: { name, scopes: granted, allowedCidrs: [], expiresAt: null } };
}

function parse(args: readonly string[]) {
  const string = { type: 'string' } as const;
  const options = { service: string, role: string, scopes: string, name: string };
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw wrong((error as Error).message);
  }
}

function wrong(what: string): StartupFault {
  return new StartupFault(`${what}.\n${USAGE}`);
}
