import { ApiPropertyOptional, ApiProperty } from '@nestjs/swagger';
import { ArrayMinSize, IsArray, IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { IsInstant, MayBeAbsent, WithoutRepeats } from '@app/platform/http';
import { type Role, ROLE_NAMES, type Scope, SCOPES } from '../../domain/scopes.js';
import { IsCidrs, IsLabel } from './key-rules.js';

const DEFAULT_OVERLAP_SECONDS = 3_600;
const MOST_OVERLAP_SECONDS = 2_592_000;

export class KeyRequest {
  @ApiProperty({ minLength: 1, maxLength: 200, example: 'deployments' })
  @IsLabel()
  name!: string;

  @ApiPropertyOptional({ enum: ROLE_NAMES, description: 'A named set of scopes.' })
  @MayBeAbsent()
  @IsIn(ROLE_NAMES)
  role?: Role;

  @ApiPropertyOptional({
    enum: SCOPES,
    isArray: true,
    minItems: 1,
    uniqueItems: true,
    description: 'Scopes, or those in addition to the role.',
  })
  @MayBeAbsent()
  @IsArray()
  @ArrayMinSize(1)
  @WithoutRepeats()
  @IsIn(SCOPES, { each: true })
  scopes?: Scope[];

  @ApiPropertyOptional({
    type: [String],
    example: ['10.0.0.0/8'],
    description: 'Addresses and CIDRs that the key may be used from, shown as CIDRs. Default: any.',
  })
  @MayBeAbsent()
  @IsCidrs()
  allowedCidrs?: string[];

  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    nullable: true,
    example: '2030-01-31T12:00:00Z',
    description: 'Default: the key does not expire.',
  })
  @IsOptional()
  @IsInstant()
  expiresAt?: string | null;
}

export class RotateKeyRequest {
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 0,
    maximum: MOST_OVERLAP_SECONDS,
    default: DEFAULT_OVERLAP_SECONDS,
    description: 'How long the previous secret stays valid; 0 if it has leaked.',
  })
  @MayBeAbsent()
  @IsInt()
  @Min(0)
  @Max(MOST_OVERLAP_SECONDS)
  overlapSeconds: number = DEFAULT_OVERLAP_SECONDS;
}
