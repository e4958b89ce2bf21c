import { Module, type Provider, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type NestExpressApplication } from '@nestjs/platform-express';
import { type ServerOptions } from 'node:http';
import { configureHttp, HTTP_APP_OPTIONS } from '../configure-http.js';
import { HttpServerAdapter } from '../http-server/http-server.adapter.js';

export interface HttpApp {
  readonly url: string;
  readonly nest: NestExpressApplication;
  close(): Promise<void>;
}

/** A real server on loopback with our filter, pipe and adapter around the given controllers. */
export function startHttpApp(controllers: Type[], ...providers: Provider[]): Promise<HttpApp> {
  return startLimitedHttpApp({}, controllers, ...providers);
}

/** The same with other limits than the products' own, for tests that would wait too long. */
export async function startLimitedHttpApp(
  limits: ServerOptions,
  controllers: Type[],
  ...providers: Provider[]
): Promise<HttpApp> {
  class TestModule {}
  Module({ controllers, providers })(TestModule);
  const nest = await NestFactory.create<NestExpressApplication>(TestModule, new HttpServerAdapter(limits), {
    ...HTTP_APP_OPTIONS,
    logger: false,
    abortOnError: false,
  });
  configureHttp(nest);
  await nest.listen(0, '127.0.0.1');
  return { url: await nest.getUrl(), nest, close: () => nest.close() };
}
