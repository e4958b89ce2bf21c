export interface ServerSentEvent {
  readonly id: string;
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** The events of a `text/event-stream` as they come; its comments and reconnection times are left out. */
export async function* eventsOf(response: Response): AsyncGenerator<ServerSentEvent, void> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    const blocks = (text + decoder.decode(chunk as Uint8Array, { stream: true })).split('\n\n');
    text = blocks.pop() ?? '';
    yield* blocks.filter((block) => block.includes('data: ')).map(parseEvent);
  }
}

function parseEvent(block: string): ServerSentEvent {
  const fields = new Map(block.split('\n').map((line) => line.split(/: (.*)/s) as [string, string]));
  return {
    id: fields.get('id') ?? '',
    event: fields.get('event') ?? 'message',
    data: JSON.parse(fields.get('data') ?? 'null') as ServerSentEvent['data'],
  };
}
