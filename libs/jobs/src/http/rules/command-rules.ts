import { applyDecorators } from '@nestjs/common';
import { IsArray, IsObject, IsString } from 'class-validator';
import { Refuses } from '@app/platform/http';
import { findReferenceFault, hasReference } from '@app/targets';
import { KeptAsIs } from './json-rules.js';

const MAX_COMMAND_LENGTH = 4_096;
export const MAX_ARGS = 256;
export const MAX_VARIABLES = 256;
/** Linux refuses to start a program with a longer argument or variable (MAX_ARG_STRLEN). */
const MAX_STRING_BYTES = 131_071;

const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const RESERVED_VARIABLE_PREFIX = 'SCHEDULER_';

export function IsCommand(): PropertyDecorator {
  return applyDecorators(IsString(), Refuses('invalid_command', findCommandFault));
}

export function IsArgs(): PropertyDecorator {
  return applyDecorators(IsArray(), Refuses('invalid_args', findArgsFault));
}

export function IsEnv(): PropertyDecorator {
  return applyDecorators(KeptAsIs(), IsObject(), Refuses('invalid_env', findEnvFault));
}

function findCommandFault(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  if (value.trim() === '') return 'must not be empty';
  if (value.length > MAX_COMMAND_LENGTH) return `must have at most ${MAX_COMMAND_LENGTH} characters`;
  return value.includes('\0') ? 'must not contain NUL' : null;
}

function findArgsFault(value: unknown): string | null {
  if (!Array.isArray(value)) return null;
  if (value.length > MAX_ARGS) return `must have at most ${MAX_ARGS} items`;
  const faults = value.map(
    (arg: unknown, index) => [index, findStringFault(arg) ?? findShownSecret(arg)] as const,
  );
  const first = faults.find(([, fault]) => fault !== null);
  return first ? `item ${first[0]} ${first[1]}` : null;
}

/** Arguments of a process are for everybody on its machine to read. */
function findShownSecret(arg: unknown): string | null {
  const isShown = typeof arg === 'string' && hasReference(arg);
  return isShown ? 'must not name a secret, which every process could read there: use env or stdin' : null;
}

function findEnvFault(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return null;
  const variables = Object.entries(value);
  if (variables.length > MAX_VARIABLES) return `must have at most ${MAX_VARIABLES} entries`;
  return variables.map(findVariableFault).find((fault) => fault !== null) ?? null;
}

function findVariableFault([name, value]: [string, unknown]): string | null {
  if (!VARIABLE_NAME.test(name))
    return `must not have the name ${JSON.stringify(name)}: use letters, digits and _`;
  if (name.startsWith(RESERVED_VARIABLE_PREFIX)) return `must not set ${name}: the scheduler sets it`;
  const fault = findStringFault(value) ?? findReferenceFault(value as string);
  return fault === null ? null : `entry ${name} ${fault}`;
}

function findStringFault(value: unknown): string | null {
  if (typeof value !== 'string') return 'must be a string';
  if (value.includes('\0')) return 'must not contain NUL';
  const isTooLong = Buffer.byteLength(value) > MAX_STRING_BYTES;
  return isTooLong ? `must have at most ${MAX_STRING_BYTES} bytes` : null;
}
