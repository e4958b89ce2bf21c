import { ValidateBy } from 'class-validator';
import { parseEgressRule } from '@app/targets';

/** Entries as `EGRESS_ALLOW` takes them. */
export function IsEgressList(): PropertyDecorator {
  return ValidateBy({
    name: 'invalid_egress_rule',
    validator: {
      validate: (value) => faultOf(value) === null,
      defaultMessage: (args) => `${args?.property} ${faultOf(args?.value)}`,
    },
  });
}

function faultOf(value: unknown): string | null {
  if (!Array.isArray(value)) return null;
  const wrong = value.find((entry) => typeof entry === 'string' && !isRule(entry)) as string | undefined;
  return wrong === undefined ? null : `has ${JSON.stringify(wrong)}, which is no host, address or network`;
}

function isRule(entry: string): boolean {
  try {
    parseEgressRule(entry);
    return true;
  } catch {
    return false;
  }
}
