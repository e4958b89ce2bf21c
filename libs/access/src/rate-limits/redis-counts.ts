import type { RedisConnection } from '@app/platform/queue';
import { type Budget, type Counted, type Counts, WINDOW_MS } from './budget.js';

/**
 * All budgets of a request in one script: no other request comes between looking and taking. A key without an end (its
 * writer died, or somebody set it by hand) gets one, or it would refuse for ever.
 */
const TAKE = `
  local refused = 0
  local answer = {}
  for i, key in ipairs(KEYS) do
    if tonumber(redis.call('GET', key) or '0') >= tonumber(ARGV[i + 1]) then refused = 1 end
  end
  for i, key in ipairs(KEYS) do
    local used
    if refused == 1 then used = tonumber(redis.call('GET', key) or '0') else used = redis.call('INCR', key) end
    local left = redis.call('PTTL', key)
    if left == -1 then
      redis.call('PEXPIRE', key, ARGV[1])
    end
    if left < 0 then left = tonumber(ARGV[1]) end
    answer[2 * i] = used
    answer[2 * i + 1] = left
  end
  answer[1] = refused
  return answer
`;

/** Counts that all api processes share. */
export class RedisCounts implements Counts {
  constructor(private readonly redis: RedisConnection) {
    redis.defineCommand('takeBudgets', { lua: TAKE });
  }

  /** @throws while Redis is away */
  async take(budgets: readonly Budget[]): Promise<Counted> {
    const keys = budgets.map(({ key }) => `ratelimit:${key}`);
    const limits = budgets.map(({ limit }) => limit);
    const { takeBudgets } = this.redis as unknown as { takeBudgets: TakeBudgets };
    const [refused, ...numbers] = await takeBudgets.call(
      this.redis,
      keys.length,
      ...keys,
      WINDOW_MS,
      ...limits,
    );
    const counts = budgets.map((_, index) => ({
      used: numbers[2 * index] ?? 0,
      resetMs: numbers[2 * index + 1] ?? WINDOW_MS,
    }));
    return { isRefused: refused === 1, counts };
  }
}

type TakeBudgets = (keyCount: number, ...args: (string | number)[]) => Promise<number[]>;
