/** Longer keys are cut: an answer need not be as long as what it is about. */
const SHOWN_CHARACTERS = 200;

/** The key as messages show it. */
export function shownKey(key: string): string {
  return key.length > SHOWN_CHARACTERS ? `${key.slice(0, SHOWN_CHARACTERS)}…` : key;
}

/** RFC 6901: the pointer to `key` inside the value that `parent` points to. */
export function pointerTo(parent: string, key: string): string {
  return `${parent}/${shownKey(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
