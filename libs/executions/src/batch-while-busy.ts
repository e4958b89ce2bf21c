import DataLoader from 'dataloader';

/** As `gatherWhileBusy`, for a statement that may be sent again: a row that it refuses fails alone. */
export function batchWhileBusy<Key, Value>(
  run: (keys: readonly Key[]) => Promise<Value[]>,
  maxBatchSize: number,
): (key: Key) => Promise<Value> {
  return gatherWhileBusy((keys) => runAllOrEach(run, keys), maxBatchSize);
}

/**
 * Gathers concurrent calls into one statement: a call that finds the line idle goes at once, those that arrive while a
 * statement is under way leave together when it returns. No timer, so an idle process adds no delay and a busy one batches.
 * What `run` throws, all of the batch are told.
 */
export function gatherWhileBusy<Key, Value>(
  run: (keys: readonly Key[]) => Promise<(Value | Error)[]>,
  maxBatchSize: number,
): (key: Key) => Promise<Value> {
  let busy = false;
  const waiting: (() => void)[] = [];

  const runNext = async (keys: readonly Key[]): Promise<(Value | Error)[]> => {
    busy = true;
    try {
      return await run(keys);
    } finally {
      busy = false;
      waiting.shift()?.();
    }
  };
  const loader = new DataLoader<Key, Value>(runNext, {
    cache: false,
    maxBatchSize,
    batchScheduleFn: (dispatch) => (busy ? waiting.push(dispatch) : setImmediate(dispatch)),
  });
  return (key) => loader.load(key);
}

/** One row that the database refuses must not take its neighbours down: a failed batch is tried again row by row. */
async function runAllOrEach<Key, Value>(
  run: (keys: readonly Key[]) => Promise<Value[]>,
  keys: readonly Key[],
): Promise<(Value | Error)[]> {
  try {
    return await run(keys);
  } catch (error) {
    if (keys.length === 1) return [error as Error];
    const answers = keys.map((key) =>
      run([key]).then(
        ([value]) => value as Value,
        (reason: Error) => reason,
      ),
    );
    return Promise.all(answers);
  }
}
