import { applyDecorators, type Type } from '@nestjs/common';
import { ApiBody, ApiConsumes, type ApiBodyOptions, ApiExtraModels, getSchemaPath } from '@nestjs/swagger';

type Examples = Extract<ApiBodyOptions, { examples?: unknown }>['examples'];

/**
 * Describes a body that is a merge patch (RFC 7396) of what `request` describes. The OpenAPI document makes a schema of
 * patches out of that one.
 */
export function ApiMergePatch(request: Type, examples: NonNullable<Examples>): MethodDecorator {
  return applyDecorators(
    ApiExtraModels(request),
    ApiConsumes('application/merge-patch+json', 'application/json'),
    ApiBody({ schema: { $ref: getSchemaPath(request) }, examples }),
  );
}
