import { type FieldError, validationProblem } from '@app/platform/problem';
import { normalCidr } from '../../cidr.js';
import { scopesOf } from '../../domain/scopes.js';
import type { KeySpec } from '../api-key.js';
import type { KeyRequest } from './key.request.js';

/** @throws ProblemError `validation_failed` for what only the whole request, or the time, makes wrong */
export function toKeySpec({ name, role, scopes, allowedCidrs, expiresAt }: KeyRequest, now: Date): KeySpec {
  const spec: KeySpec = {
    name,
    scopes: scopesOf({ role, scopes }),
    allowedCidrs: [...new Set((allowedCidrs ?? []).map((cidr) => normalCidr(cidr) ?? cidr))],
    expiresAt: expiresAt ? new Date(expiresAt) : null,
  };
  const faults = faultsOf(spec, now);
  if (faults.length > 0) throw validationProblem(faults);
  return spec;
}

function faultsOf({ scopes, expiresAt }: KeySpec, now: Date): FieldError[] {
  const without = { pointer: '/scopes', code: 'required', detail: 'a role or scopes are required' };
  const past = { pointer: '/expiresAt', code: 'in_the_past', detail: 'expiresAt must be in the future' };
  return [
    ...(scopes.length === 0 ? [without] : []),
    ...(expiresAt !== null && expiresAt <= now ? [past] : []),
  ];
}
