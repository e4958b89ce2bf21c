import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type DynamicModule, RequestMethod, type Type } from '@nestjs/common';
import { INTERCEPTORS_METADATA, METHOD_METADATA } from '@nestjs/common/constants.js';
import { ModulesContainer, NestFactory } from '@nestjs/core';
import { type AccessRule, accessRuleOf } from '@app/platform/access-rule';

/** CommonJS that requires Nest, which Jest can load from Node 24.9 on only; all it does here is to mount a controller. */
jest.unstable_mockModule('@willsoto/nestjs-prometheus', () => ({
  PrometheusModule: class PrometheusModule {
    static register({ controller }: { controller: new () => object }): DynamicModule {
      return { module: PrometheusModule, controllers: [controller] };
    }
  },
}));

interface Route {
  readonly name: string;
  readonly rule: AccessRule | null;
  readonly isPost: boolean;
  readonly interceptors: readonly string[];
}

let routes: Route[];

beforeAll(async () => {
  const { ApiModule } = await import('./api.module.js');
  const app = await NestFactory.create(ApiModule, { preview: true, logger: false, abortOnError: false });
  const modules = [...app.get(ModulesContainer).values()];
  const controllers = modules.flatMap((module) => [...module.controllers.values()]);
  routes = controllers.flatMap(({ metatype }) => routesOf(metatype as Type<object>));
});

function routesOf(controller: Type<object>): Route[] {
  const methods = Object.entries(Object.getOwnPropertyDescriptors(controller.prototype));
  return methods
    .map(([name, { value }]) => ({ name: `${controller.name}.${name}`, handler: value as unknown }))
    .filter((route): route is { name: string; handler: object } => isHandler(route.handler))
    .map(({ name, handler }) => ({ name, rule: accessRuleOf(handler), ...shapeOf(handler) }));
}

function shapeOf(handler: object): Pick<Route, 'isPost' | 'interceptors'> {
  const interceptors = (Reflect.getMetadata(INTERCEPTORS_METADATA, handler) ?? []) as Type[];
  return {
    isPost: Reflect.getMetadata(METHOD_METADATA, handler) === RequestMethod.POST,
    interceptors: interceptors.map(({ name }) => name),
  };
}

function isHandler(value: unknown): value is object {
  return typeof value === 'function' && Reflect.hasMetadata(METHOD_METADATA, value);
}

describe('every route of the api', () => {
  it('says who may call it', () => {
    expect(routes.length).toBeGreaterThan(35);
    expect(routes.filter(({ rule }) => rule === null)).toEqual([]);
  });

  it('is closed to strangers, but for health, and metrics with their own token', () => {
    const open = routes.filter(({ rule }) => rule?.type === 'public').map(({ name }) => name);
    expect(open.sort()).toEqual([
      'HealthController.getLiveness',
      'HealthController.getReadiness',
      'HealthController.getStartup',
      'MetricsController.getMetrics',
    ]);
  });

  it('may be sent again with its key when it is a POST, and pays for no interceptor otherwise', () => {
    const posts = routes.filter(({ isPost }) => isPost);
    expect(posts.length).toBeGreaterThan(12);
    expect(posts.filter(({ interceptors }) => !interceptors.includes('IdempotencyInterceptor'))).toEqual([]);
    expect(routes.filter(({ isPost, interceptors }) => !isPost && interceptors.length > 0)).toEqual([]);
  });

  it('shows nothing of a service without a scope', () => {
    const unscoped = routes.filter(({ rule }) => rule?.type === 'scopes' && rule.scopes.length === 0);
    expect(unscoped.map(({ name }) => name)).toEqual(['RootController.getRoot']);
  });
});
