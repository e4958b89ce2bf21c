import { describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { formatKey, newSecret, parseKey } from './key-text.js';

const id = uuidv7();
const secret = newSecret();
const key = formatKey('live', id, secret);

describe('the text of a key', () => {
  it('is one word that says whose it is, and reads back', () => {
    expect(key).toMatch(/^sch_live_[\da-f]{32}_[\dA-Za-z]{43}_[\dA-Za-z]{6}$/);
    expect(parseKey(key)).toEqual({ environment: 'live', id, secret });
  });

  it('has another secret each time', () => {
    expect(new Set(Array.from({ length: 100 }, newSecret)).size).toBe(100);
  });

  it('shows any one wrong character, and any two that changed places', () => {
    const places = [...key].map((_, place) => place).slice('sch_'.length);
    const slips = places.flatMap((place) => [replaced(place), swapped(place)]);
    const unseen = slips.filter((slip) => slip !== key && parseKey(slip) !== null);
    expect(unseen).toEqual([]);
  });

  it.each(['', 'sch_', `${key} `, key.slice(0, -1), `x${key}`, key.toUpperCase()])('is not %.30j', (text) => {
    expect(parseKey(text)).toBeNull();
  });
});

function replaced(place: number): string {
  const other = key[place] === '0' ? '1' : '0';
  return key.slice(0, place) + other + key.slice(place + 1);
}

function swapped(place: number): string {
  const [a = '', b = ''] = [key[place], key[place + 1]];
  return key.slice(0, place) + b + a + key.slice(place + 2);
}
