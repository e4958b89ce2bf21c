import type { Scope } from '../domain/scopes.js';

/** A key as its service sees it: everything but the secret. */
export interface ApiKey {
  readonly id: string;
  readonly service: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** From where it may be used; empty is anywhere. */
  readonly allowedCidrs: readonly string[];
  readonly expiresAt: Date | null;
  /** Up to a minute and a half behind. */
  readonly lastUsedAt: Date | null;
  readonly rotatedAt: Date | null;
  /** Until when the secret before the last rotation is still taken. */
  readonly previousValidUntil: Date | null;
  readonly createdBy: string;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What a client decides about a new key. */
export type KeySpec = Pick<ApiKey, 'name' | 'scopes' | 'allowedCidrs' | 'expiresAt'>;

/** A key with its text, which exists at this moment and never again. */
export interface FreshKey {
  readonly key: ApiKey;
  readonly text: string;
}

/** What it takes to know a caller by its key. */
export type KnownKey = Pick<
  ApiKey,
  'id' | 'service' | 'scopes' | 'allowedCidrs' | 'expiresAt' | 'previousValidUntil'
> & {
  readonly secretHash: Buffer;
  readonly previousSecretHash: Buffer | null;
  readonly revokedAt: Date | null;
};
