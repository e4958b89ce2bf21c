import { ApiPropertyOptional, ApiProperty } from '@nestjs/swagger';
import { ArrayMinSize, IsArray, IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { WithoutRepeats } from '@app/platform/http';
import { type Role, ROLE_NAMES, type Scope, SCOPES } from '../../domain/scopes.js';
import { IsCidrs, IsInstant, IsLabel, MayBeAbsent } from './key-rules.js';

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

  @ApiPropertyOptional({ enum: SCOPES, isArray: true, description: 'Scopes, or those beyond the role.' })
  @MayBeAbsent()
  @IsArray()
  @ArrayMinSize(1)
  @WithoutRepeats()
  @IsIn(SCOPES, { each: true })
  scopes?: Scope[];

  @ApiPropertyOptional({
    type: [String],
    example: ['10.0.0.0/8'],
    description: 'From where the key may be used, as addresses or CIDRs; without it, from anywhere.',
  })
  @MayBeAbsent()
  @IsCidrs()
  allowedCidrs?: string[];

  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    nullable: true,
    example: '2030-01-31T12:00:00Z',
    description: 'Without it the key does not expire.',
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
    description: 'How long the secret before is still taken; 0 for one that has leaked.',
  })
  @MayBeAbsent()
  @IsInt()
  @Min(0)
  @Max(MOST_OVERLAP_SECONDS)
  overlapSeconds: number = DEFAULT_OVERLAP_SECONDS;
}
