import { OpenApiContract, type OpenApiDocument } from './openapi-contract.js';

export interface Answer<T = unknown> {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed when it is JSON, else the text; null when there was none. */
  readonly body: T;
}

export interface Page<T> {
  readonly items: T[];
  readonly nextCursor: string | null;
}

export type RequestHeaders = Readonly<Record<string, string>>;

/** A client that knows nothing but the address, and takes the service's OpenAPI document at its word. */
export class ApiClient {
  private contract: Promise<OpenApiContract> | undefined;

  constructor(readonly url: string) {}

  get<T>(path: string, headers?: RequestHeaders): Promise<Answer<T>> {
    return this.call('GET', path, undefined, headers);
  }

  post<T>(path: string, body?: unknown, headers?: RequestHeaders): Promise<Answer<T>> {
    return this.call('POST', path, body, headers);
  }

  put<T>(path: string, body: unknown, headers?: RequestHeaders): Promise<Answer<T>> {
    return this.call('PUT', path, body, headers);
  }

  patch<T>(path: string, body: unknown, headers?: RequestHeaders): Promise<Answer<T>> {
    return this.call('PATCH', path, body, { 'Content-Type': 'application/merge-patch+json', ...headers });
  }

  delete(path: string, headers?: RequestHeaders): Promise<Answer> {
    return this.call('DELETE', path, undefined, headers);
  }

  /** Sends `body` as JSON. */
  call<T>(method: string, path: string, body?: unknown, headers: RequestHeaders = {}): Promise<Answer<T>> {
    return body === undefined
      ? this.send(method, path, null, headers)
      : this.send(method, path, JSON.stringify(body), { 'Content-Type': 'application/json', ...headers });
  }

  /** Sends `body` as it is. @throws when the answer is not one that the OpenAPI document announces */
  async send<T>(
    method: string,
    path: string,
    body: string | Uint8Array<ArrayBuffer> | null,
    headers: RequestHeaders = {},
  ): Promise<Answer<T>> {
    const response = await fetch(this.url + path, { method, body, headers });
    const text = await response.text();
    const mediaType = response.headers.get('Content-Type')?.split(';')[0] ?? null;
    const parsed: unknown = mediaType?.endsWith('json') ? JSON.parse(text) : text || null;
    const seen = { method, path: path.split('?')[0] ?? '', status: response.status, mediaType, body: parsed };
    const faults = (await this.ownContract()).faultsOf(seen);
    if (faults.length > 0)
      throw new Error(
        `${method} ${path} answered ${response.status} against its document: ${text.slice(0, 500)}`,
        {
          cause: faults.join('; '),
        },
      );
    return { status: response.status, headers: response.headers, body: parsed as T };
  }

  /** All pages, from the first on, by their `Link` headers. */
  async pages<T>(path: string): Promise<Page<T>[]> {
    const pages: Page<T>[] = [];
    let next: string | null = path;
    while (next !== null) {
      const { headers, body }: Answer<Page<T>> = await this.get(next);
      pages.push(body);
      next = nextLinkIn(headers);
    }
    return pages;
  }

  private ownContract(): Promise<OpenApiContract> {
    this.contract ??= fetch(`${this.url}/openapi.json`)
      .then((response) => response.json() as Promise<OpenApiDocument>)
      .then((document) => new OpenApiContract(document));
    return this.contract;
  }
}

export function nextLinkIn(headers: Headers): string | null {
  return /<([^>]+)>; rel="next"/.exec(headers.get('Link') ?? '')?.[1] ?? null;
}
