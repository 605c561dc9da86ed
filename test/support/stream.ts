import { at } from './api.js';

/** An event of GET /ux/stream. */
export interface Message {
  readonly event: string;
  readonly id: string | undefined;
  readonly data: unknown;
}

/** One who listens to a service. */
export interface Heard {
  readonly status: number;
  readonly messages: readonly Message[];
  /** Resolves when the stream has come to its end. */
  readonly ended: Promise<void>;
  /** Waits for a message. */
  until(wanted: (message: Message) => boolean): Promise<Message>;
  stop(): void;
}

export const dispatcher = { 'x-actor-id': 'd', 'x-actor-role': 'dispatcher' };

/** Listens as a page does. */
export async function listenTo(url: string, headers: Record<string, string> = dispatcher): Promise<Heard> {
  const gone = new AbortController();
  const answer = await fetch(new URL('/ux/stream', url), { headers, signal: gone.signal });
  const messages: Message[] = [];
  const waiting = new Set<() => void>();
  const ended = (async () => {
    let text = '';
    for await (const chunk of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += chunk;
      const parts = text.split('\n\n');
      text = parts.pop() ?? '';
      for (const part of parts) messages.push(messageOf(part));
      for (const look of waiting) look();
    }
  })().catch(() => undefined);
  return {
    status: answer.status,
    messages,
    ended,
    until: (wanted) =>
      new Promise((resolve) => {
        const look = () => {
          const found = messages.find(wanted);
          if (found) resolve(found);
        };
        waiting.add(look);
        look();
      }),
    stop: () => gone.abort(),
  };
}

function messageOf(text: string): Message {
  const fields = new Map(text.split('\n').map((line) => line.split(/: (.*)/s) as [string, string]));
  return { event: fields.get('event') ?? '', id: fields.get('id'), data: JSON.parse(fields.get('data') ?? 'null') };
}

export const isAbout = (id: string) => (message: Message) =>
  message.event === 'ticket' && at(message.data, 'ticket_id') === id;
