import { useMemo } from 'react';
import type { Entry, NewEntry } from '../outbox/entry.js';
import type { Outbox } from '../outbox/outbox.js';
import { useOutbox, useStanding } from '../outbox/use-outbox.js';
import { type Expected, expectedOf, type May, may } from './expected.js';
import { type Kept, useKept } from './kept.js';
import {
  type Action,
  actionsPath,
  type ConfigAnswer,
  type Packet,
  type PacketAnswer,
  packetPath,
  type PolicyAnswer,
} from './packet.js';
import type { Limits } from './photo.js';

/** A packet with what waits for it, and what may be done. */
export interface Job {
  readonly ticketId: string;
  readonly packet: Packet;
  readonly expected: Expected;
  /** Of this ticket, oldest first. */
  readonly waiting: readonly Entry[];
  readonly can: (tool: string) => May | undefined;
  /** Kept when it resolves. @throws when the device has no room, or what is to be done is not known */
  readonly send: (tool: string, body: Entry['body'], more?: Partial<NewEntry>) => Promise<void>;
  /** Null: the service keeps no files, and evidence is a reference to a store elsewhere. */
  readonly uploads: Limits | null;
  readonly choices: PolicyAnswer['choices'];
  readonly outbox: Outbox;
}

export interface Loaded {
  readonly job: Job | undefined;
  readonly kept: Kept<PacketAnswer>;
}

/** Milliseconds between looks at what others may have done to the job. */
const EVERY_MS = 15_000;

/** Until the service has said it: what every phone can make. */
const USUAL: Limits = { max_bytes: 10 * 1024 * 1024, content_types: ['image/jpeg', 'image/png', 'text/plain'] };

const NO_CHOICES: PolicyAnswer['choices'] = { hold_reason_codes: [], approval_types: [] };

export function useJob(ticketId: string): Loaded {
  const outbox = useOutbox();
  const { entries, arrived } = useStanding();
  const kept = useKept<PacketAnswer>(packetPath(ticketId), { ticketId, everyMs: EVERY_MS });
  const server = useKept<{ actions: readonly Action[] }>(actionsPath(ticketId), { ticketId, everyMs: EVERY_MS }).answer;
  const policy = useKept<PolicyAnswer>('/ux/policy').answer;
  const config = useKept<ConfigAnswer>('/ux/config').answer;
  const packet = kept.answer?.packet;
  const seenAt = kept.at ?? 0;

  const job = useMemo((): Job | undefined => {
    if (!packet || !outbox) return undefined;
    const tools = policy?.tools ?? [];
    const waiting = entries.filter((entry) => entry.ticketId === ticketId);
    // Arrived after the packet was asked for: it would be missing from both for a moment.
    const unseen = arrived.filter((entry) => entry.ticketId === ticketId && entry.arrivedAt >= seenAt);
    const expected = expectedOf(packet, [...unseen, ...waiting], tools);
    const actions = [...(server?.actions ?? []), ...packet.actions];
    const can = (tool: string) => may(tool, actions, expected, tools);
    return {
      ticketId,
      packet,
      expected,
      waiting,
      can,
      send: async (tool, body, more = {}) => {
        const endpoint = can(tool)?.endpoint;
        if (!endpoint) throw new Error(`no endpoint is known for ${tool}`);
        await outbox.add({ ticketId, tool, endpoint, body, ...more });
      },
      uploads: config ? config.uploads : USUAL,
      choices: policy?.choices ?? NO_CHOICES,
      outbox,
    };
  }, [packet, seenAt, outbox, entries, arrived, ticketId, server, policy, config]);

  return { job, kept };
}
