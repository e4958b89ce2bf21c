const OPENING = 'log truncated after ';

/** The last line of an attempt's log that said more than is kept. @param limit in words: `100000 pieces` */
export function truncationNotice(limit: string): string {
  return OPENING + limit;
}

/** Of the scheduler's own lines no other begins like that, and a target writes to the other streams. */
export function isTruncationNotice({
  stream,
  text,
}: {
  readonly stream: string;
  readonly text: string;
}): boolean {
  return stream === 'system' && text.startsWith(OPENING);
}
