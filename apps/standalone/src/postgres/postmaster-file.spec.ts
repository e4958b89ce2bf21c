import { describe, expect, it } from '@jest/globals';
import { parsePostmaster } from './postmaster-file.js';

const WRITTEN = '4711\n/data/postgres\n1795400000\n40123\n\n127.0.0.1\n  5432001   12\nready   \n';

describe('parsePostmaster', () => {
  it('reads the process and whether it takes connections', () => {
    expect(parsePostmaster(WRITTEN)).toEqual({ pid: 4711, status: 'ready' });
  });

  it('takes a file that is still being written for a server that is not ready', () => {
    expect(parsePostmaster('4711\n/data/postgres\n')).toEqual({ pid: 4711, status: '' });
  });
});
