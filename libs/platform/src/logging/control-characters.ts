/** What moves a cursor, starts a line or rings a bell: C0, DEL, C1, and the two separators that some take for a line's end. */
export const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;

/** Those that JSON leaves as they are. */
export const CONTROL_BEYOND_ASCII = /[\u007f-\u009f\u2028\u2029]/g;

export function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
