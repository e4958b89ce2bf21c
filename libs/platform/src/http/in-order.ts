import { type NextFunction, type RequestHandler } from 'express';

/** Several middlewares as one: for each one it is given, the router compares paths, keeps state and makes functions. */
export function inOrder(...handlers: readonly RequestHandler[]): RequestHandler {
  return (request, response, next) => {
    const passTo = (index: number): void => {
      const handler = handlers[index];
      if (handler === undefined) return next();
      const pass: NextFunction = (fault?: unknown) => (fault ? next(fault) : passTo(index + 1));
      try {
        const done: unknown = handler(request, response, pass);
        if (done instanceof Promise) done.catch(next);
      } catch (fault) {
        next(fault);
      }
    };
    passTo(0);
  };
}
