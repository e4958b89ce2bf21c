import { beforeEach, describe, expect, it } from '@jest/globals';
import { loadConfig } from '@app/platform/config';
import { QueueTrouble } from './queue-trouble.js';

const { redis } = loadConfig({});

function refused(): Error {
  return Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:6379'), { syscall: 'connect' });
}

describe('trouble with the queue', () => {
  let said: string[];
  let nowMs: number;
  let trouble: QueueTrouble;

  beforeEach(() => {
    said = [];
    nowMs = 0;
    trouble = new QueueTrouble(
      redis,
      (line) => said.push(line),
      () => nowMs,
    );
  });

  it('is said in one line, with the variables that say where Redis is', () => {
    for (const error of [refused(), refused(), new Error('Connection is closed.')]) trouble.begins(error);
    expect(said).toEqual([
      expect.stringMatching(
        /^Redis at localhost:6379 does not answer \(connect ECONNREFUSED .*REDIS_HOST and REDIS_PORT.*QUEUE_BACKEND=postgres needs none$/,
      ),
    ]);
  });

  it('is said again after a minute, and that it is over', () => {
    trouble.begins(refused());
    nowMs = 59_999;
    trouble.begins(refused());
    nowMs = 60_000;
    trouble.begins(refused());
    trouble.isOver();
    trouble.isOver();
    expect(said).toEqual([
      expect.stringContaining('does not answer'),
      expect.stringContaining('does not answer'),
      'Redis answers again.',
    ]);
  });

  it('is said anew when it begins anew', () => {
    trouble.begins(refused());
    trouble.isOver();
    trouble.begins(refused());
    expect(said).toHaveLength(3);
  });

  it('keeps the words of a Redis that does answer, and is no matter of Redis on Postgres', () => {
    trouble.begins(new Error('WRONGPASS invalid username-password pair'));
    new QueueTrouble(null, (line) => said.push(line)).begins(refused());
    expect(said).toEqual([
      'redis: WRONGPASS invalid username-password pair',
      'queue: connect ECONNREFUSED 127.0.0.1:6379',
    ]);
  });
});
