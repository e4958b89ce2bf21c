const SAMPLED = '01';

/**
 * W3C trace context of a run that nobody gave one: the execution's id is the trace, so all its attempts belong together
 * and a trace can be found from the history.
 * @param spanId 8 random bytes in hex
 */
export function traceparentOf(executionId: string, spanId: string): string {
  return `00-${executionId.replaceAll('-', '')}-${spanId}-${SAMPLED}`;
}
