import type { DynamicModule, LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { configureHttp, HTTP_APP_OPTIONS, HttpServerAdapter } from '@app/platform/http';
import { createTestDatabase, type TestDatabase } from './test-database.js';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed, or null when there was none. */
  readonly body: Record<string, unknown> | null;
}

export type AnswerWithBody = Answer & { readonly body: Record<string, unknown> };

export interface TestApi {
  readonly nest: NestExpressApplication;
  readonly testDatabase: TestDatabase;
  readonly url: string;
  /** Functions and not methods: each app hands them on as they are. */
  readonly call: (
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ) => Promise<Answer>;
  readonly close: () => Promise<void>;
}

/** A library's api on a real server and a database of its own. */
export async function startTestApi(
  moduleOn: (testDatabase: TestDatabase) => DynamicModule,
  logger: LoggerService | false = false,
): Promise<TestApi> {
  const testDatabase = await createTestDatabase();
  const nest = await NestFactory.create<NestExpressApplication>(
    moduleOn(testDatabase),
    new HttpServerAdapter(),
    { ...HTTP_APP_OPTIONS, logger, abortOnError: false },
  );
  configureHttp(nest);
  await nest.listen(0, '127.0.0.1');
  const url = await nest.getUrl();
  return {
    nest,
    testDatabase,
    url,
    call: (method, path, body, headers) => callApi(method, `${url}${path}`, body, headers),
    close: async () => {
      await nest.close();
      await testDatabase.drop();
    },
  };
}

/** For tests that read fields of every answer: an empty object where there was no body. */
export function withBody(answer: Answer): AnswerWithBody {
  return { ...answer, body: answer.body ?? {} };
}

/** One request with a JSON body, if any, and what came back. */
export async function callApi(
  method: string,
  url: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: body === undefined ? headers : { 'Content-Type': 'application/json', ...headers },
    body: body === undefined ? null : JSON.stringify(body),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? null : (JSON.parse(text) as Record<string, unknown>),
  };
}
