export type HttpMethod = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';

/** An HTTP endpoint to call. */
export interface HttpTarget {
  readonly type: 'http';
  readonly method: HttpMethod;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A string is sent as is, anything else as JSON; if absent, POST, PUT and PATCH send a default body, and of the others null is none. */
  readonly body?: unknown;
  /** Which statuses count as success: a class (`2xx`) or one status (`304`). Default `["2xx"]`. */
  readonly successStatus?: readonly string[];
  /** Follow up to 3 redirects. Default false. */
  readonly followRedirects?: boolean;
}

/** A program to start, without a shell. */
export interface CommandTarget {
  readonly type: 'command';
  /** A program, or the id of an entry if there is an allow-list file. */
  readonly command: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** A string is written as is, anything else as JSON; absent or null means no input. */
  readonly stdin?: unknown;
}

/** Where a job's work is done. */
export type Target = HttpTarget | CommandTarget;
