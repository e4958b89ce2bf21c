import { Injectable } from '@nestjs/common';

/** How long a stream waits for a client that takes nothing. */
@Injectable()
export class StreamPatience {
  /**
   * A reader that is behind costs no memory, since lines are read from the database as it takes them. One that takes nothing
   * would keep its connection for ever: with a sign of life every 15 s, silence for this long means that.
   */
  stalledAfterMs = 45_000;
}
