import { applyDecorators } from '@nestjs/common';
import { Transform, Type } from 'class-transformer';
import { IsObject } from 'class-validator';
import { Refuses } from './refuses.js';

/** No honest parameter nests deeper, and both V8 and Postgres walk it recursively. */
const MAX_DEPTH = 20;

/** A JSON object that is stored and passed on exactly as it came. */
export function IsParameters(): PropertyDecorator {
  return applyDecorators(KeptAsIs(), IsObject(), Refuses('too_deep', findDepthFault));
}

/** Any JSON value, stored and passed on exactly as it came. */
export function IsAnyJson(): PropertyDecorator {
  return applyDecorators(KeptAsIs(), Refuses('too_deep', findDepthFault));
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

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((child) => isDeeperThan(child, levels - 1));
}
