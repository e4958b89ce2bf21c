/** The moments of one run at which a crash leaves two stores disagreeing. */
export const FAIL_POINTS = [
  'after_commit_before_hand_over',
  'after_hand_over',
  'after_passing_on',
  'after_claim',
  'after_response_before_settle',
  'after_settle',
] as const;
export type FailPointName = (typeof FAIL_POINTS)[number];

/** `kill` is SIGKILL to oneself; `stall` keeps the event loop from turning for that long, as a long collection does. */
export type FailPointAction =
  { readonly type: 'kill' } | { readonly type: 'stall'; readonly durationMs: number };

export interface ArmedFailPoint {
  readonly action: FailPointAction;
  /** Of acting each time the point is passed, in (0, 1]. */
  readonly probability: number;
}

const ENTRY = /^(?<name>\w+)=(?:kill|stall:(?<durationMs>\d{1,6}))@(?<probability>[01](?:\.\d+)?)$/;

/**
 * Reads `FAIL_POINTS`, such as `after_claim=kill@0.05,after_hand_over=stall:8000@0.1`. A test arms them; a production
 * process cannot be armed, whatever its environment says.
 * @throws Error for an entry that is not understood: a test that arms nothing would pass for the wrong reason
 */
export function armedFailPoints(
  environment: Readonly<Record<string, string | undefined>>,
): ReadonlyMap<FailPointName, ArmedFailPoint> {
  const text = environment.FAIL_POINTS?.trim();
  if (!text || environment.NODE_ENV === 'production') return new Map();
  return new Map(text.split(',').map(readEntry));
}

function readEntry(entry: string): [FailPointName, ArmedFailPoint] {
  const { name, durationMs, probability } = ENTRY.exec(entry)?.groups ?? {};
  const known = FAIL_POINTS.find((failPoint) => failPoint === name);
  if (known === undefined) throw new Error(`FAIL_POINTS: "${entry}" is not a fail point`);
  const action: FailPointAction =
    durationMs === undefined ? { type: 'kill' } : { type: 'stall', durationMs: Number(durationMs) };
  return [known, { action, probability: Number(probability) }];
}
