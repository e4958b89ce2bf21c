import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { isJsonObject, pointerTo, validationProblem } from '@app/platform/problem';
import { type Request } from 'express';

const READING: ReadonlySet<string> = new Set(['GET', 'HEAD']);
/** Probes and scrapers add what they like, and get an answer all the same. */
const FOR_ANY_QUERY = /^\/(health\/|metrics$)/;

/**
 * A DTO refuses what it does not know; where a route has none, nobody would look: `?state=failed` would be answered as if it
 * had been a filter, `?dryRun=true` would delete, and a retry with `{"parameters": …}` would run without them.
 */
@Injectable()
export class UnaskedInputGuard implements CanActivate {
  private readonly asked = new WeakMap<object, Asked>();

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<Request<unknown, unknown, unknown>>();
    this.refuseQuery(request, context);
    if (!READING.has(request.method)) this.refuseBody(request, context);
    return true;
  }

  private refuseQuery(request: Request<unknown, unknown, unknown>, context: ExecutionContext): void {
    if (!request.url.includes('?')) return; // Express reads the query anew each time it is asked for, and most have none
    const names = Object.keys(request.query);
    if (names.length === 0 || FOR_ANY_QUERY.test(request.path) || this.askedOf(context).query) return;
    throw unknown(names, 'takes no parameters in its query');
  }

  private refuseBody({ body }: Request<unknown, unknown, unknown>, context: ExecutionContext): void {
    if (body === undefined || body === null || this.askedOf(context).body) return;
    if (!isJsonObject(body))
      throw validationProblem([{ pointer: '', code: 'invalid_type', detail: 'This takes no body, or {}' }]);
    const names = Object.keys(body);
    if (names.length > 0) throw unknown(names, 'takes no body');
  }

  /** Read once for each handler: Nest's metadata stays as it is. */
  private askedOf(context: ExecutionContext): Asked {
    const handler = context.getHandler();
    const known = this.asked.get(handler);
    if (known !== undefined) return known;
    const asked = {
      query: takes(RouteParamtypes.QUERY, context.getClass(), handler.name),
      body: takes(RouteParamtypes.BODY, context.getClass(), handler.name),
    };
    this.asked.set(handler, asked);
    return asked;
  }
}

interface Asked {
  readonly query: boolean;
  readonly body: boolean;
}

/** The keys of the metadata are `<kind>:<place>`. */
function takes(kind: RouteParamtypes, controller: object, handlerName: string): boolean {
  const parameters: unknown = Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, handlerName);
  return Object.keys(parameters ?? {}).some((key) => key.startsWith(`${kind}:`));
}

function unknown(names: readonly string[], why: string): Error {
  return validationProblem(
    names.map((name) => ({
      pointer: pointerTo('', name),
      code: 'unknown_property',
      detail: `${name} is not known here, which ${why}`,
    })),
  );
}
