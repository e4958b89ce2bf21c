import { applyDecorators, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, getSchemaPath } from '@nestjs/swagger';

/** Describes an answer `{items: Item[], nextCursor}` in the OpenAPI document. */
export function ApiPage(item: Type): MethodDecorator {
  return applyDecorators(
    ApiExtraModels(item),
    ApiOkResponse({
      description: 'One page. A `Link: rel="next"` header is there when more follow.',
      headers: { Link: { description: 'The next page, where there is one.', schema: { type: 'string' } } },
      schema: {
        type: 'object',
        required: ['items', 'nextCursor'],
        properties: {
          items: { type: 'array', items: { $ref: getSchemaPath(item) } },
          nextCursor: { type: ['string', 'null'] } as never,
        },
      },
    }),
  );
}
