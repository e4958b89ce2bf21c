import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Scope } from '../domain/scopes.js';
import type { ApiKey } from './api-key.js';

@Entity('api_keys')
export class ApiKeyEntity implements ApiKey {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  service!: string;

  @Column('text')
  name!: string;

  @Column('text', { array: true })
  scopes!: Scope[];

  @Column('text', { name: 'allowed_cidrs', array: true })
  allowedCidrs!: string[];

  /** Not read where a key is shown: what is not there cannot slip out. */
  @Column('bytea', { name: 'secret_hash', select: false })
  secretHash!: Buffer;

  @Column('bytea', { name: 'previous_secret_hash', nullable: true, select: false })
  previousSecretHash!: Buffer | null;

  @Column('timestamp with time zone', { name: 'previous_valid_until', precision: 3, nullable: true })
  previousValidUntil!: Date | null;

  @Column('timestamp with time zone', { name: 'expires_at', precision: 3, nullable: true })
  expiresAt!: Date | null;

  @Column('timestamp with time zone', { name: 'last_used_at', precision: 3, nullable: true })
  lastUsedAt!: Date | null;

  @Column('timestamp with time zone', { name: 'rotated_at', precision: 3, nullable: true })
  rotatedAt!: Date | null;

  @Column('timestamp with time zone', { name: 'revoked_at', precision: 3, nullable: true })
  revokedAt!: Date | null;

  @Column('text', { name: 'created_by' })
  createdBy!: string;

  @Column('integer')
  version!: number;

  @Column('timestamp with time zone', { name: 'created_at', precision: 3 })
  createdAt!: Date;

  @Column('timestamp with time zone', { name: 'updated_at', precision: 3 })
  updatedAt!: Date;
}
