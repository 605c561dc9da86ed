import { randomUUID } from 'node:crypto';
import { DONE, EVIDENCE, WINDOW } from '../support/tickets.js';
import { type Client, must } from './client.js';
import type { Instance } from './instance.js';

/** Thresholds under which a drill takes seconds. */
export const SETTINGS = {
  DISPATCH_ALERT_STUCK_SCHEDULING_COUNT: '1',
  DISPATCH_ALERT_STUCK_SCHEDULING_MINUTES: '0.02',
  DISPATCH_ALERT_COMPLETION_REJECTION_COUNT: '3',
  DISPATCH_ALERT_IDEMPOTENCY_CONFLICT_COUNT: '3',
  DISPATCH_ALERT_AUTH_POLICY_COUNT: '3',
  DISPATCH_ALERT_PROJECTION_LAG_POSITIONS: '3',
  DISPATCH_ALERT_WINDOW_MINUTES: '0.04',
};
const TIMES = 3;

export interface Scene {
  readonly client: Client;
  readonly instance: Instance;
  readonly ground: Ground;
}

export interface Ground {
  readonly account: string;
  readonly site: string;
  readonly technician: string;
}

/** How one alert is raised, and what of its runbook no shell command does. */
export interface Case {
  readonly code: string;
  /** What goes wrong, in words. */
  readonly fault: string;
  /** Makes it go wrong; answers what the placeholders of the runbook stand for. */
  raise(scene: Scene): Promise<Readonly<Record<string, string>>>;
  /** What whoever has the fault does after the runbook's commands. */
  readonly mend?: { readonly told: string; act(scene: Scene): Promise<unknown> };
}

export async function layGround({ put }: Client): Promise<Ground> {
  const ground = { account: randomUUID(), site: randomUUID(), technician: randomUUID() };
  const site = { account_id: ground.account, name: 'Pier 4', address1: '4 Pier Road', city: 'Oakland' };
  await must(201, put(`/accounts/${ground.account}`, { name: 'Harbour Books' }), 'an account');
  await must(201, put(`/sites/${ground.site}`, site), 'a site');
  await must(201, put(`/technicians/${ground.technician}`, { name: 'Mo' }), 'a technician');
  return ground;
}

const ticketOf = ({ account, site }: Ground) => ({
  account_id: account,
  site_id: site,
  summary: 'Shop door will not lock',
});

async function opened({ client, ground }: Scene): Promise<string> {
  return String((await must(201, client.command('/tickets', ticketOf(ground)), 'a ticket')).json.id);
}

const [LACKING, ...ATTACHED] = EVIDENCE;

export const CASES: readonly Case[] = [
  {
    code: 'STUCK_SCHEDULING',
    fault: 'a ticket is ready to schedule, and nobody offers a window',
    async raise(scene) {
      const ticket = await opened(scene);
      const triage = { priority: 'URGENT', incident_type: 'DOOR_WONT_LATCH', ready_to_schedule: true };
      await must(200, scene.client.command(`/tickets/${ticket}/triage`, triage), 'triage');
      return { ticket, ...WINDOW };
    },
  },
  {
    code: 'COMPLETION_REJECTION_SPIKE',
    fault: `a technician completes ${TIMES} times without a photo that is asked for`,
    async raise(scene) {
      const { client, ground } = scene;
      const ticket = await opened(scene);
      const on = (path: string, body: object, status = 200) =>
        must(status, client.command(`/tickets/${ticket}/${path}`, body), path);
      await on('triage', { priority: 'EMERGENCY', incident_type: 'CANNOT_SECURE_ENTRY' });
      await on('assignment/dispatch', {
        tech_id: ground.technician,
        dispatch_mode: 'EMERGENCY_BYPASS',
        reason: 'the shop stands open to the street',
      });
      await on('tech/check-in', { timestamp: new Date().toISOString() });
      for (const key of ATTACHED)
        await on('evidence', { kind: 'PHOTO', uri: `s3://evidence/${key}`, evidence_key: key }, 201);
      const reason = 'nobody was there to sign';
      const completion = { checklist_status: DONE, no_signature_reason: reason };
      for (let n = 0; n < TIMES; n += 1) await on('tech/complete', completion, 409);
      return {
        ticket,
        uri: `s3://evidence/${LACKING}`,
        'missing key': LACKING,
        checklist: JSON.stringify(DONE),
        'why nobody signed': reason,
      };
    },
  },
  {
    code: 'IDEMPOTENCY_CONFLICT_SPIKE',
    fault: `a client uses one key for ${TIMES + 1} tickets`,
    async raise({ client, ground }) {
      const key = randomUUID();
      const first = await must(201, client.command('/tickets', ticketOf(ground), { key }), 'the first use of the key');
      for (let n = 0; n < TIMES; n += 1) {
        const other = { ...ticketOf(ground), summary: `Shop door ${n} will not lock` };
        await must(409, client.command('/tickets', other, { key }), 'another use of the key');
      }
      return { ticket: String(first.json.id), key };
    },
    mend: {
      told: 'the client makes a new key for each command',
      act: ({ client, ground }) => must(201, client.command('/tickets', ticketOf(ground)), 'a new key'),
    },
  },
  {
    code: 'AUTH_POLICY_FAILURE_SPIKE',
    fault: `an agent asks ${TIMES} times for what its role may not do`,
    async raise(scene) {
      const ticket = await opened(scene);
      const reason = 'no longer wanted by the customer';
      for (let n = 0; n < TIMES; n += 1)
        await must(403, scene.client.command(`/tickets/${ticket}/cancel`, { reason }, { role: 'agent' }), 'an agent');
      return { ticket };
    },
    mend: {
      told: 'the agent keeps to what its role may do',
      act: ({ client, ground }) =>
        must(201, client.command('/tickets', ticketOf(ground), { role: 'agent' }), 'an agent'),
    },
  },
  {
    code: 'PROJECTION_LAG',
    fault: `the projector is gone, and ${TIMES} more tickets come in`,
    async raise(scene) {
      await scene.instance.killProjector();
      for (let n = 0; n < TIMES; n += 1) await opened(scene);
      return {};
    },
  },
];
