import { createValidationPipe } from '@app/platform/problem';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsInt, IsOptional, ValidateNested } from 'class-validator';
import { describe, expect, it } from '@jest/globals';
import { ReadUpTo, WithoutRepeats } from './list-rules.js';

class PointBody {
  @IsInt()
  x!: number;
}

class DrawingBody {
  @IsOptional()
  @IsArray()
  @WithoutRepeats()
  layers?: unknown[];

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(3)
  @ValidateNested({ each: true })
  @Type(() => PointBody)
  @ReadUpTo(3)
  points?: PointBody[];
}

const read = (body: object) =>
  createValidationPipe().transform(body, { type: 'body', metatype: DrawingBody }) as Promise<DrawingBody>;
const refused = (pointer: string, code: string) => ({
  errors: expect.arrayContaining([expect.objectContaining({ pointer, code })]) as unknown,
});
const points = (count: number) => Array.from({ length: count }, () => ({}));

describe('a list without repeats', () => {
  it('is taken, and one with repeats refused', async () => {
    expect(await read({ layers: [1, '1', null] })).toEqual({ layers: [1, '1', null] });
    await expect(read({ layers: [1, 2, 1] })).rejects.toMatchObject(refused('/layers', 'array_unique'));
    await expect(read({ layers: 'x' })).rejects.toMatchObject(refused('/layers', 'invalid_type'));
  });

  it('of 150,000 items is taken in no time: none is compared with each', async () => {
    const startedAt = performance.now();
    await read({ layers: Array.from({ length: 150_000 }, (_, item) => item) });
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });
});

describe('a list of objects that is too long', () => {
  it('is refused with the faults of one item more than it may have', async () => {
    const failure = await read({ points: points(100) }).catch((error: unknown) => error);
    expect(failure).toMatchObject(refused('/points', 'array_max_size'));
    expect((failure as { errors: object[] }).errors).toHaveLength(1 + 4);
  });

  it('is left alone when it is not', async () => {
    await expect(read({ points: points(3) })).rejects.toMatchObject(refused('/points/2/x', 'required'));
    expect(await read({ points: [{ x: 1 }] })).toEqual({ points: [{ x: 1 }] });
  });
});
