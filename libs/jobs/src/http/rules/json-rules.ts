import { applyDecorators } from '@nestjs/common';
import { Transform, Type } from 'class-transformer';
import { IsObject } from 'class-validator';
import { Refuses } from '@app/platform/http';
import { findReferenceFault } from '@app/targets';

/** No honest parameter nests deeper, and both V8 and Postgres walk it recursively. */
const MAX_DEPTH = 20;

/**
 * Each run has a copy, and those of its job and its schedule are read for all that is due at once. A command gets them in
 * one variable of its environment, which on Linux holds 128 KB: what a job and a schedule may have together.
 */
const MAX_PARAMETERS_BYTES = 64 * 1024;

/** A JSON object of up to 64 KB that is stored and passed on exactly as it came. */
export function IsParameters(): PropertyDecorator {
  return applyDecorators(
    KeptAsIs(),
    IsObject(),
    Refuses('too_deep', findDepthFault),
    Refuses('too_large', findSizeFault),
  );
}

/** Any JSON value, stored exactly as it came, and passed on with its references to secrets filled. */
export function IsAnyJson(): PropertyDecorator {
  return applyDecorators(
    KeptAsIs(),
    Refuses('too_deep', findDepthFault),
    Refuses('invalid_secret_reference', (value) => findReferenceFault(JSON.stringify(value ?? null))),
  );
}

/**
 * Hides a value from class-transformer, which copies objects key by key and on the way drops keys such as `toString`
 * and throws at a `constructor`. A Boolean is the one type it converts without looking inside; then the original returns.
 */
export function KeptAsIs(): PropertyDecorator {
  return applyDecorators(
    Type(() => Boolean),
    Transform(({ obj, key }) => (obj as Record<string, unknown>)[key]),
  );
}

function findDepthFault(value: unknown): string | null {
  return isDeeperThan(value, MAX_DEPTH) ? `must not nest deeper than ${MAX_DEPTH} levels` : null;
}

function findSizeFault(value: unknown): string | null {
  if (typeof value !== 'object' || Buffer.byteLength(JSON.stringify(value)) <= MAX_PARAMETERS_BYTES)
    return null;
  return `must not be larger than ${MAX_PARAMETERS_BYTES} bytes as JSON`;
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((child) => isDeeperThan(child, levels - 1));
}
