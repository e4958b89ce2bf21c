import { expect, it } from '@jest/globals';
import { type Express } from 'express';
import { type Server } from 'node:http';
import { startHttpApp } from '../testing/http-app.js';
import { ThingsController } from '../testing/things.controller.js';

it('makes requests and responses with the prototypes that Express would give them', async () => {
  const app = await startHttpApp([ThingsController]);
  try {
    const express: Express = app.nest.getHttpAdapter().getInstance();
    const born: unknown[] = [];
    const server: Server = app.nest.getHttpServer();
    server.prependListener('request', (request, response) => {
      born.push(Object.getPrototypeOf(request), Object.getPrototypeOf(response));
    });
    await fetch(`${app.url}/things/1`);
    expect(born).toHaveLength(2);
    expect(born[0]).toBe(express.request);
    expect(born[1]).toBe(express.response);
  } finally {
    await app.close();
  }
});
