import { applyDecorators } from '@nestjs/common';
import { ApiHeader, ApiResponse } from '@nestjs/swagger';

/** Documents a read that says when nothing has changed: one whose answer changes with its version alone. */
export function ApiNotModified(): MethodDecorator {
  return applyDecorators(
    ApiHeader({
      name: 'If-None-Match',
      required: false,
      description: 'The ETag last seen; 304 where it is current.',
    }),
    ApiResponse({ status: 304, description: 'It is as `If-None-Match` has it.' }),
  );
}
