import { applyDecorators } from '@nestjs/common';
import { IsArray } from 'class-validator';
import { findLabelFault, Refuses } from '@app/platform/http';

export const MAX_TAGS = 50;
export const MAX_TAG_LENGTH = 64;

/** A set of labels. A comma separates labels in a query string, so that none may hold one. */
export function IsTags(): PropertyDecorator {
  return applyDecorators(IsArray(), Refuses('invalid_tags', findTagsFault));
}

function findTagsFault(value: unknown): string | null {
  if (!Array.isArray(value)) return null;
  if (value.length > MAX_TAGS) return `must have at most ${MAX_TAGS} items`;
  if (new Set(value).size < value.length) return 'must not repeat an item';
  const faults = value.map((tag: unknown, index) => [index, findTagFault(tag)] as const);
  const first = faults.find(([, fault]) => fault !== null);
  return first ? `item ${first[0]} ${first[1]}` : null;
}

function findTagFault(tag: unknown): string | null {
  if (typeof tag !== 'string') return 'must be a string';
  if (tag.includes(',')) return 'must not contain a comma';
  return findLabelFault(tag, MAX_TAG_LENGTH);
}
