/** One stage of a Dockerfile: its instructions in order, without comments, each on one line. */
export interface Stage {
  readonly name: string;
  readonly instructions: readonly { readonly word: string; readonly rest: string }[];
}

export function stagesOf(dockerfile: string): Stage[] {
  const lines = dockerfile
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '');
  return lines.reduce<Stage[]>((stages, line) => {
    const [, word = '', rest = ''] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
    const name = /^\S+ AS (\S+)$/.exec(rest)?.[1] ?? '';
    if (word === 'FROM') return [...stages, { name, instructions: [] }];
    const last = stages.at(-1);
    // Before the first stage there are only its arguments.
    if (!last) return stages;
    return [
      ...stages.slice(0, -1),
      { ...last, instructions: [...last.instructions, { word, rest: withoutMounts(rest) }] },
    ];
  }, []);
}

/** `RUN --mount=type=cache,… npm ci`: the cache is this machine's. */
function withoutMounts(rest: string): string {
  return rest.replace(/^--mount=\S+ /, '');
}
