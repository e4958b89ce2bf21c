/** Time as an argument: whoever needs it takes this, so that tests decide what time it is. */
export abstract class Clock {
  /** The database's time, the one that decides what is due; never this machine's own, which may jump. */
  abstract now(): Date;
  /** Milliseconds that only ever grow, whatever happens to the wall clock: for durations and leases. */
  abstract monotonicMs(): number;
}
