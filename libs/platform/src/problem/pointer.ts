/** RFC 6901: the pointer to `key` inside the value that `parent` points to. */
export function pointerTo(parent: string, key: string): string {
  return `${parent}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
