import { EventEmitter } from 'node:events';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Response } from 'express';
import { type HeldFor, HeldRequests } from './held-requests.js';

let requests: HeldRequests;

beforeEach(() => {
  requests = new HeldRequests();
});

function aResponse(closed = false): Response {
  return Object.assign(new EventEmitter(), { closed, headersSent: true }) as unknown as Response;
}

function hold(count: number, heldFor: HeldFor, service = 'a'): Response[] {
  return Array.from({ length: count }, () => {
    const response = aResponse();
    requests.hold(response, service, heldFor);
    return response;
  });
}

const hasRoom = (heldFor: HeldFor, service = 'a', response = aResponse()) => {
  const signal = requests.holdIfRoom(response, service, heldFor);
  response.emit('close');
  return signal !== null;
};

describe('the requests that a service keeps open', () => {
  it('are 100 that follow logs, and those who wait still have room', () => {
    hold(100, 'log');
    expect([hasRoom('log'), hasRoom('run')]).toEqual([false, true]);
    const refused = expect.objectContaining({
      kind: 'too_many',
      code: 'too_many_held',
      extra: { retryAfterSeconds: 5 },
    });
    expect(() => hold(1, 'log')).toThrow(refused);
  });

  it('are 200 in all', () => {
    hold(100, 'log');
    hold(99, 'run');
    expect(hasRoom('run')).toBe(true);
    hold(1, 'run');
    expect(hasRoom('run')).toBe(false);
  });

  it('leave no log room where 200 wait', () => {
    hold(200, 'run');
    expect([hasRoom('log'), hasRoom('run')]).toEqual([false, false]);
  });

  it('take nothing from another service', () => {
    hold(100, 'log');
    hold(100, 'run');
    expect([hasRoom('log', 'b'), hasRoom('run', 'b')]).toEqual([true, true]);
  });

  it('make room as they end, one each, in whichever order', () => {
    const logs = hold(100, 'log');
    for (const n of [57, 0, 99]) logs[n]!.emit('close');
    hold(3, 'log');
    expect(hasRoom('log')).toBe(false);
    for (const log of logs) log.emit('close');
    hold(97, 'log');
    expect(hasRoom('log')).toBe(false);
  });

  it('are none that have ended before they began', () => {
    for (let n = 0; n < 300; n++) expect(requests.hold(aResponse(true), 'a', 'log').aborted).toBe(true);
    expect(hasRoom('log')).toBe(true);
  });

  it('are told when they end, and when the process does', () => {
    const [closed, open] = [aResponse(), aResponse()];
    const signals = [closed, open].map((response) => requests.hold(response, 'a', 'run'));
    closed.emit('close');
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    requests.beforeApplicationShutdown();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
    expect(requests.hold(aResponse(), 'a', 'run').aborted).toBe(true);
  });
});
