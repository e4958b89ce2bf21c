import { beforeEach, describe, expect, it } from '@jest/globals';
import { ImportTurns } from './import-turns.js';

let turns: ImportTurns;
let begun: string[];
let ends: Map<string, () => void>;

beforeEach(() => {
  turns = new ImportTurns({ atOnce: 2, waiting: 2 });
  begun = [];
  ends = new Map();
});

/** A file named after its service, `a1` of `a`: it is read until it is told to end. */
function take(file: string): Promise<string> {
  return turns.take(file.charAt(0), () => {
    begun.push(file);
    return new Promise((resolve) => ends.set(file, () => resolve(file)));
  });
}

async function end(file: string, taken: Promise<string>): Promise<void> {
  ends.get(file)?.();
  expect(await taken).toBe(file);
}

/** All that can begin has begun once what was promised before this has been kept. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('imports take turns', () => {
  it('one of a service and two in all at a time', async () => {
    const a1 = take('a1');
    for (const file of ['a2', 'b1', 'c1']) void take(file);
    await settled();
    expect(begun).toEqual(['a1', 'b1']);
    await end('a1', a1);
    await settled();
    expect(begun).toEqual(['a1', 'b1', 'a2']);
  });

  it('in the order in which they came, past those whose service has its turn', async () => {
    const a1 = take('a1');
    const b1 = take('b1');
    for (const file of ['a2', 'c1', 'b2']) void take(file);
    await settled();
    await end('b1', b1);
    await settled();
    expect(begun).toEqual(['a1', 'b1', 'c1']);
    await end('a1', a1);
    await settled();
    expect(begun).toEqual(['a1', 'b1', 'c1', 'a2']);
  });

  it('also after one that failed', async () => {
    const failing = turns.take('a', () => Promise.reject(new Error('unreadable')));
    void take('a2');
    await expect(failing).rejects.toThrow('unreadable');
    await settled();
    expect(begun).toEqual(['a2']);
  });

  it('and are refused with a time to come back where too many of the service wait', async () => {
    for (const file of ['a1', 'a2', 'a3', 'b1', 'b2']) void take(file);
    await expect(take('a4')).rejects.toMatchObject({ kind: 'too_many', code: 'too_many_imports' });
    void take('b3');
    await settled();
    expect(begun).toEqual(['a1', 'b1']);
  });
});
