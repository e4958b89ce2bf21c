/**
 * An answer that is asked for more often than it is worth fetching: whoever comes within `keptMs` gets the last one, and
 * those who come while it is fetched share the one call. A failure is not kept.
 */
export function recentAnswer<T>(
  fetch: () => Promise<T>,
  keptMs: number,
  nowMs: () => number,
): () => Promise<T> {
  let answer: Promise<T> | null = null;
  let askedAtMs = 0;
  return () => {
    if (answer && nowMs() - askedAtMs < keptMs) return answer;
    askedAtMs = nowMs();
    const asked = fetch();
    answer = asked;
    asked.catch(() => {
      if (answer === asked) answer = null;
    });
    return asked;
  };
}
