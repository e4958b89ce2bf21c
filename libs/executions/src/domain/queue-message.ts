import type { Position } from './fair-order.js';

/** All that travels through the queue: nothing that could not be rebuilt from Postgres. */
export interface QueuedRun {
  readonly executionId: string;
  readonly delivery: number;
  /** It has taken two workers down, it seems: alone in its process it takes nobody else's run with it. */
  readonly isolated?: true;
}

/** One run, or several that stand at the same position in the queue, and the epoch that its place belongs to. */
export type QueueMessage = (QueuedRun | { readonly runs: readonly QueuedRun[] }) & {
  readonly epoch?: number;
};

export interface PlacedRun extends Position {
  readonly run: QueuedRun;
}

export interface PlacedMessage extends Position {
  readonly runs: readonly QueuedRun[];
}

/** Runs of one service that may share a place: taking and releasing a message costs the same for one run as for sixteen. */
const MOST_RUNS = 16;
/**
 * Up to this many runs handed over together get a message each; more are spread over at least this many messages, so that
 * several workers can take some. With 64 instead of 4, and the queue on Postgres, 1,000 starts a second had a p99 of 490 ms instead of 37 (measured).
 */
const MESSAGES_TO_SHARE = 4;

/** Packs runs of equal positions together, in their order. A few make a message each, so that they begin side by side. */
export function pack(placed: readonly PlacedRun[]): PlacedMessage[] {
  const mostRuns = Math.min(MOST_RUNS, Math.ceil(placed.length / MESSAGES_TO_SHARE));
  const messages: PlacedMessage[] = [];
  const openAt = new Map<string, QueuedRun[]>();
  for (const { place, epoch, run } of placed) {
    const position = `${epoch}:${place}`;
    const open = run.isolated ? undefined : openAt.get(position);
    if (open && open.length < mostRuns) {
      open.push(run);
      continue;
    }
    const runs = [run];
    messages.push({ place, epoch, runs });
    if (!run.isolated) openAt.set(position, runs);
  }
  return messages;
}

export function messageOf({ runs, epoch }: Omit<PlacedMessage, 'place'>): QueueMessage {
  return runs.length === 1 ? { ...runs[0]!, epoch } : { runs, epoch };
}

/** What was taken from the queue, at that place of it. @throws Error for what no version of this service has put there */
export function placedMessage(place: number, { epoch = 0, ...message }: QueueMessage): PlacedMessage {
  const runs = 'runs' in message ? message.runs : [message];
  const isWhole = Array.isArray(runs) && runs.length > 0 && runs.every(({ executionId }) => executionId);
  if (!isWhole) throw new Error('a message that names no execution');
  return { place, epoch, runs };
}

/**
 * It names each run, so that what the queue has is known by its ids alone: BullMQ ignores a second message with the same
 * ones. Below 300 characters, without the colon and the bare integer that BullMQ refuses.
 */
export function messageIdOf(runs: readonly QueuedRun[]): string {
  const [first] = runs;
  if (first && runs.length === 1) return `${first.executionId}-${first.delivery}`;
  return runs.map(({ executionId, delivery }) => runKeyOf({ id: executionId, delivery })).join(BETWEEN_RUNS);
}

/** @param mark a few characters, neither a dash nor an underscore among them */
export function anotherIdFor(messageId: string, mark: string): string {
  return `${messageId}${BETWEEN_RUNS}${mark}`;
}

/** Names a run within the queue: the 48 random bits at the end of its id, and its delivery. */
export function runKeyOf({ id, delivery }: { readonly id: string; readonly delivery: number }): string {
  return `${id.slice(RANDOM_FROM)}-${delivery}`;
}

/** The runs of a message, by its id. */
export function runKeysOf(messageId: string): string[] {
  const parts = messageId.split(BETWEEN_RUNS).filter((part) => part.includes('-'));
  return parts.map((part) => part.slice(part.length > WHOLE_ID ? RANDOM_FROM : 0));
}

const BETWEEN_RUNS = '_';
const WHOLE_ID = 36;
/** Where the last group of a UUID begins. */
const RANDOM_FROM = 24;
