import { ApiProperty, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';
import { Exclude, Expose, type TypeHelpOptions } from 'class-transformer';
import { IsBoolean, IsIn } from 'class-validator';
import { MayBeAbsent } from '@app/platform/http';
import type { CommandTarget, HttpMethod, HttpTarget, Target } from '@app/targets';
import { IsArgs, IsCommand, IsEnv, MAX_ARGS, MAX_VARIABLES } from './rules/command-rules.js';
import {
  IsHeaders,
  IsSuccessStatus,
  IsTargetUrl,
  MAX_HEADER_VALUE_LENGTH,
  MAX_HEADERS,
  MAX_SUCCESS_PATTERNS,
} from './rules/http-rules.js';
import { IsAnyJson } from './rules/json-rules.js';

const TARGET_TYPES: readonly Target['type'][] = ['http', 'command'];
const ANY_JSON = {
  oneOf: [
    { type: 'object', additionalProperties: true },
    ...['string', 'number', 'boolean', 'null'].map((type) => ({ type })),
    { type: 'array', items: {} },
  ],
};
const HTTP_METHODS: readonly HttpMethod[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

export class HttpTargetRequest implements Partial<HttpTarget> {
  @ApiProperty({ enum: ['http'] })
  @IsIn(['http'])
  type!: 'http';

  @ApiPropertyOptional({ enum: HTTP_METHODS, default: 'POST' })
  @MayBeAbsent()
  @IsIn(HTTP_METHODS)
  method?: HttpMethod;

  @ApiProperty({
    maxLength: 2048,
    example: 'http://127.0.0.1:3000/health/live',
    description:
      'http or https. `{{secret.NAME}}` in its path or query, in `headers` and in `body` is filled in when the request is sent.',
  })
  @IsTargetUrl()
  url!: string;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { type: 'string', maxLength: MAX_HEADER_VALUE_LENGTH },
    maxProperties: MAX_HEADERS,
    default: {},
  })
  @MayBeAbsent()
  @IsHeaders()
  headers?: Record<string, string>;

  @ApiPropertyOptional({
    ...ANY_JSON,
    description:
      'Any JSON: a string is sent as text, anything else as JSON. Without it, POST, PUT and PATCH send the ids of the ' +
      'run and its parameters; with null they send `null`, and the other methods no body.',
  })
  @IsAnyJson()
  body?: unknown;

  @ApiPropertyOptional({
    type: 'array',
    items: { type: 'string', pattern: '^[1-5]([0-9]{2}|[xX]{2})$' },
    minItems: 1,
    maxItems: MAX_SUCCESS_PATTERNS,
    default: ['2xx'],
    description: 'Statuses (`204`) and classes of them (`2xx`).',
  })
  @MayBeAbsent()
  @IsSuccessStatus()
  successStatus?: string[];

  @ApiPropertyOptional({ default: false, description: 'Follow up to 3 redirects.' })
  @MayBeAbsent()
  @IsBoolean()
  followRedirects?: boolean;
}

export class CommandTargetRequest implements Partial<CommandTarget> {
  @ApiProperty({ enum: ['command'] })
  @IsIn(['command'])
  type!: 'command';

  @ApiProperty({ maxLength: 4096, example: 'node', description: 'A program, started without a shell.' })
  @IsCommand()
  command!: string;

  @ApiPropertyOptional({
    type: [String],
    maxItems: MAX_ARGS,
    default: [],
    example: ['-e', "console.log('hello')"],
  })
  @MayBeAbsent()
  @IsArgs()
  args?: string[];

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { type: 'string' },
    maxProperties: MAX_VARIABLES,
    default: {},
    description: '`{{secret.NAME}}` here and in `stdin` is filled in when the command starts.',
  })
  @MayBeAbsent()
  @IsEnv()
  env?: Record<string, string>;

  @ApiPropertyOptional({
    ...ANY_JSON,
    description: 'Any JSON: a string is written as is, null not at all, anything else as JSON.',
  })
  @IsAnyJson()
  stdin?: unknown;
}

/** Takes nothing over but the type: which other fields there may be, only a known type could tell. */
@Exclude()
class UnknownTargetRequest {
  @Expose()
  @IsIn(TARGET_TYPES)
  type!: unknown;
}

export type TargetRequest = HttpTargetRequest | CommandTargetRequest;

/** For class-transformer's `@Type`: the class that the `type` of a request's target asks for. */
export function targetClassIn(
  options?: TypeHelpOptions,
): new () => HttpTargetRequest | CommandTargetRequest | UnknownTargetRequest {
  const target: unknown = options?.object.target;
  const type = typeof target === 'object' && target !== null && 'type' in target ? target.type : undefined;
  if (type === 'http') return HttpTargetRequest;
  return type === 'command' ? CommandTargetRequest : UnknownTargetRequest;
}

/** What was left out is written down, so that a later change of a default does not change this target. */
export function toTarget(request: TargetRequest): Target {
  if (request.type === 'command') {
    const { type, command, args = [], env = {}, stdin } = request;
    return { type, command, args, env, ...(stdin === undefined ? {} : { stdin }) };
  }
  const { type, url, body, method = 'POST', headers = {}, successStatus = ['2xx'] } = request;
  const { followRedirects = false } = request;
  const base = { type, method, url, headers, successStatus, followRedirects };
  return body === undefined ? base : { ...base, body };
}

/** Either of the two, told apart by `type`. */
export const TARGET_SCHEMA = {
  oneOf: [{ $ref: getSchemaPath(HttpTargetRequest) }, { $ref: getSchemaPath(CommandTargetRequest) }],
  discriminator: {
    propertyName: 'type',
    mapping: { http: getSchemaPath(HttpTargetRequest), command: getSchemaPath(CommandTargetRequest) },
  },
};
