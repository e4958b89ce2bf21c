import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { pointerTo, validationProblem } from '@app/platform/problem';
import { type Request } from 'express';

const READING: ReadonlySet<string> = new Set(['GET', 'HEAD']);
/** Probes and scrapers add what they like, and get an answer all the same. */
const FOR_ANY_QUERY = /^\/(health\/|metrics$)/;

/**
 * A DTO refuses the parameters that it does not know; where a route has none, nobody would look at its query, and
 * `?state=failed` would be answered as if it had been a filter.
 */
@Injectable()
export class UnaskedQueryGuard implements CanActivate {
  private readonly askers = new WeakMap<object, boolean>();

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<Request>();
    // Express reads the query anew each time it is asked for, and most reads have none.
    if (!request.url.includes('?') || !READING.has(request.method)) return true;
    const names = Object.keys(request.query);
    if (names.length === 0 || FOR_ANY_QUERY.test(request.path) || this.asks(context)) return true;
    throw validationProblem(
      names.map((name) => ({
        pointer: pointerTo('', name),
        code: 'unknown_property',
        detail: `${name} is not known here, which takes no parameters in its query`,
      })),
    );
  }

  /** Asked once a handler: Nest's metadata stays as it is. */
  private asks(context: ExecutionContext): boolean {
    const handler = context.getHandler();
    const known = this.askers.get(handler);
    if (known !== undefined) return known;
    const asks = takesQuery(context.getClass(), handler.name);
    this.askers.set(handler, asks);
    return asks;
  }
}

/** The keys of the metadata are `<kind>:<place>`. */
function takesQuery(controller: object, handlerName: string): boolean {
  const parameters: unknown = Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, handlerName);
  return Object.keys(parameters ?? {}).some((key) => key.startsWith(`${RouteParamtypes.QUERY}:`));
}
