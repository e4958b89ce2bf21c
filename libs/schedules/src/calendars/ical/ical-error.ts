/** An iCalendar file that cannot be imported. The message says why, to whoever wrote or sent it. */
export class IcalError extends Error {
  override readonly name = 'IcalError';
}
