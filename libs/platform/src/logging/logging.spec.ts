import { describe, expect, it } from '@jest/globals';
import { runInRequestContext } from '@app/platform/request-context';
import { type LoggerService } from '@nestjs/common';
import { type LogFormat, type LogLevel } from '@app/platform/config';
import { createLogger } from './index.js';

const ESCAPE = String.fromCharCode(27);

function written(
  logFormat: LogFormat,
  work: (logger: LoggerService) => unknown,
  logLevel: LogLevel = 'INFO',
): string {
  let text = '';
  const output = { write: (line: string) => void (text += line) };
  work(createLogger({ logFormat, logLevel, service: { name: 'test', version: '1' } }, output));
  return text;
}

const recordOf = (work: (logger: LoggerService) => unknown) => JSON.parse(written('json', work)) as object;

describe('json', () => {
  it('carries message, level, context, fields and request id', () => {
    const record = recordOf((logger) =>
      runInRequestContext({ requestId: 'r1', traceparent: null }, (): unknown =>
        logger.log('fired', { count: 3 }, 'Firer'),
      ),
    );
    expect(record).toMatchObject({
      level: 'INFO',
      message: 'fired',
      count: 3,
      context: 'Firer',
      requestId: 'r1',
      app: 'test',
    });
  });

  it('lets no control character through, and loses none', () => {
    const text = `a\nb${ESCAPE}[2J${String.fromCharCode(0x9b)}31m${String.fromCharCode(0x2028)}`;
    const line = written('json', (logger) => logger.warn(text, { field: text }));
    expect(line.trimEnd()).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
    expect(JSON.parse(line)).toMatchObject({ message: text, field: text });
  });

  it("keeps an error's stack as a field", () => {
    const error = new Error('boom');
    expect(recordOf((logger) => logger.error('it failed', error.stack, 'Runner'))).toMatchObject({
      level: 'ERROR',
      message: 'it failed',
      context: 'Runner',
      stack: error.stack,
    });
    expect(recordOf((logger) => logger.error(error))).toMatchObject({
      message: 'boom',
      stack: error.stack,
    });
  });

  it.each<[object, string]>([
    [{ password: 'hunter2' }, 'password'],
    [{ headers: { Authorization: 'Bearer hunter2' } }, 'Authorization'],
    [{ redis: { dbPassword: 'hunter2' } }, 'dbPassword'],
    [{ list: [{ apiKey: 'hunter2' }] }, 'apiKey'],
    [{ url: 'postgresql://app:hunter2@db/jobs' }, 'app:[redacted]@db'],
  ])('blots out %j', (fields, kept) => {
    const line = written('json', (logger) => logger.log('see', fields));
    expect(line).not.toContain('hunter2');
    expect(line).toContain(kept);
  });

  it('blots out URL passwords in messages', () => {
    expect(written('json', (logger) => logger.warn('redis://:hunter2@cache gone'))).not.toContain('hunter2');
  });

  it.each(['a', '://', 'a://', 'x://u:', ':', 'a.b+', 'sch_a_', 'a:b@', 'token'])(
    'has read 1 MB of %j in no time: no place is read again and again',
    (piece) => {
      const text = piece.repeat(1_000_000 / piece.length);
      const startedAt = performance.now();
      written('json', (logger) => logger.log(text, { text }));
      expect(performance.now() - startedAt).toBeLessThan(2_000);
    },
  );

  it('has read a million empty lines for a stack in no time', () => {
    const startedAt = performance.now();
    written('json', (logger) => logger.error('it failed', '\n'.repeat(1_000_000), 'Runner'));
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });

  it('blots out API keys in messages, and says which one it was', () => {
    const [id, secret] = ['0'.repeat(32), 'hunter2'.padEnd(43, 'x')];
    const line = written('json', (logger) => logger.warn(`GET /jobs/sch_live_${id}_${secret}_abcdef 404`));
    expect(line).toContain(`sch_live_${id}_[redacted] 404`);
    expect(line).not.toMatch(/hunter2|abcdef/);
  });

  it('survives cycles', () => {
    const cycle: Record<string, unknown> = {};
    cycle['self'] = cycle;
    expect(written('json', (logger) => logger.log('round', cycle))).toContain('round');
  });
});

describe('text', () => {
  it('is one readable line', () => {
    const line = written('text', (logger) => logger.log('fired', { count: 3, note: 'a b' }, 'Firer'));
    expect(line).toMatch(/^\d\d:\d\d:\d\d\.\d{3} INFO {2}\[Firer\] fired count=3 note="a b"\n$/);
  });

  it('shows the service of a run, and not the name of the program', () => {
    const line = written('text', (logger) => logger.warn('late', { service: 'billing', executionId: 'e1' }));
    expect(line).toMatch(/WARN {2}late service=billing executionId=e1\n$/);
  });

  it('escapes what could forge a line or move the cursor', () => {
    const line = written('text', (logger) => logger.warn(`a\nFAKE ${ESCAPE}[2J`));
    expect(line).toMatch(/a\\u000aFAKE \\u001b\[2J\n$/);
  });
});

describe('levels', () => {
  it.each<[LogLevel, number]>([
    ['TRACE', 5],
    ['DEBUG', 4],
    ['INFO', 3],
    ['WARN', 2],
    ['ERROR', 1],
  ])('%s lets %d of five through', (level, count) => {
    const text = written(
      'json',
      (logger) => {
        logger.verbose?.('1');
        logger.debug?.('2');
        logger.log('3');
        logger.warn('4');
        logger.error('5');
      },
      level,
    );
    expect(text.split('\n').filter(Boolean)).toHaveLength(count);
  });
});
