import { type Request } from 'express';

/** The part of Express 5's router that its types leave out. */
interface Layer {
  readonly route?: { readonly methods: Readonly<Record<string, boolean>> };
  match(path: string): boolean;
}

/** Methods that the path of a request has routes for, in capitals; none when the path is unknown. */
export function allowedMethods(request: Request): string[] {
  const { stack } = request.app.router as unknown as { readonly stack: readonly Layer[] };
  const methods = stack.flatMap((layer) => methodsOf(layer, request.path));
  return [...new Set(methods.includes('GET') ? [...methods, 'HEAD'] : methods)].sort();
}

function methodsOf(layer: Layer, path: string): string[] {
  if (layer.route === undefined || !matches(layer, path)) return [];
  return Object.keys(layer.route.methods).map((method) => method.toUpperCase());
}

/** A path that cannot be decoded matches nothing, where Express throws. */
function matches(layer: Layer, path: string): boolean {
  try {
    return layer.match(path);
  } catch {
    return false;
  }
}
