import { randomBytes, randomUUID } from 'node:crypto';
import { setInterval } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { migratedDatabase, type TestDatabase } from '../postgres/database.js';
import { type RunningProcess, startProcess } from '../support/process.js';
import { type Collector, openCollector, type ReceivedSpan } from './collector.js';

let collector: Collector;
let database: TestDatabase;
let api: RunningProcess;
let projector: RunningProcess;
beforeAll(async () => {
  [collector, database] = await Promise.all([openCollector(), migratedDatabase()]);
  const settings = {
    DISPATCH_DATABASE_URL: database.url,
    DISPATCH_DATABASE_MIGRATION_URL: database.ownerUrl,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_BSP_SCHEDULE_DELAY: '100',
  };
  [api, projector] = await Promise.all([
    startProcess('dispatch-api', { ...settings, DISPATCH_ROLE: 'api' }),
    startProcess('projector', { ...settings, DISPATCH_ROLE: 'projector' }),
  ]);
  // What comes in before is folded into the first tables, on behalf of nobody.
  for await (const _ of setInterval(50)) if ((await fetch(`${projector.url}/ready`)).status === 200) break;
});
afterAll(async () => {
  await Promise.all([api?.kill(), projector?.kill()]);
  await database.drop();
  await collector.close();
});

const put = (path: string, body: object, headers: Record<string, string> = {}) => send('PUT', path, body, headers);
async function send(method: string, path: string, body: object, headers: Record<string, string> = {}) {
  const response = await fetch(`${api.url}${path}`, {
    method,
    body: JSON.stringify(body),
    headers: {
      'x-actor-id': 'ines',
      'x-actor-role': 'dispatcher',
      'idempotency-key': randomUUID(),
      ...headers,
    },
  });
  expect(response.status).toBe(201);
  return (await response.json()) as { id: string };
}

/** The trace that a client begins. */
const begun = () => {
  const [traceId, spanId] = [randomBytes(16).toString('hex'), randomBytes(8).toString('hex')];
  return { traceId, spanId, headers: { traceparent: `00-${traceId}-${spanId}-01` } };
};
/** Of what comes before, so that a batch that also folds it is not a part of its trace. */
const UNTRACED = { traceparent: `00-${'1'.repeat(32)}-${'1'.repeat(16)}-00` };
const named = (name: string) => (span: ReceivedSpan) => span.name === name;

test('one trace leads from the request by decision and append to the projections, over two processes', async () => {
  const [account_id, site_id] = [randomUUID(), randomUUID()];
  await put(`/accounts/${account_id}`, { name: 'Harbour Books' }, UNTRACED);
  await put(`/sites/${site_id}`, { account_id, name: 'Pier 4', address1: '4 Pier Road', city: 'Oakland' }, UNTRACED);

  const client = begun();
  const { id } = await send('POST', '/tickets', { account_id, site_id, summary: 'will not lock' }, client.headers);
  const trace = () => collector.spans.filter(({ traceId }) => traceId === client.traceId);
  const projected = ['tickets', 'cockpit_queue', 'job_packet', 'operations'].map((name) => `project ${name}`);
  await collector.until(() => ['POST /tickets', ...projected].every((name) => trace().some(named(name))));
  // Those of the database end before the span that they are a part of.
  const spans = trace();

  const one = (name: string) => {
    const found = spans.filter(named(name));
    expect([name, found.length]).toEqual([name, 1]);
    return found[0] as ReceivedSpan;
  };
  const request = one('POST /tickets');
  expect(request).toMatchObject({
    kind: 2,
    parentSpanId: client.spanId,
    service: 'dispatch-api',
    attributes: { 'http.route': '/tickets', 'http.response.status_code': '201', 'dispatch.tool': 'ticket.create' },
  });
  const within = (parent: ReceivedSpan) => spans.filter(({ parentSpanId }) => parentSpanId === parent.spanId);
  for (const name of ['decide ticket.create', 'append TicketCreated', 'append batch'])
    expect([name, one(name).parentSpanId]).toEqual([name, request.spanId]);
  expect(one('append TicketCreated').attributes).toMatchObject({ 'dispatch.stream': `ticket-${id}` });

  const here = { traceId: client.traceId, spanId: request.spanId };
  const commit = one('append batch');
  expect(commit.links).toEqual([here]);
  const inDatabase = (span: ReceivedSpan) => span.attributes['db.system.name'] === 'postgresql';
  expect(within(commit).filter(inDatabase)).toHaveLength(1);

  for (const name of projected) {
    const batch = one(name);
    expect(batch).toMatchObject({
      service: 'dispatch-projector',
      kind: 5,
      parentSpanId: request.spanId,
      links: [here],
    });
    expect([name, within(batch).some(inDatabase)]).toEqual([name, true]);
  }
  // Connected: every span but the client's own has its parent among the others.
  const known = new Set([client.spanId, ...spans.map(({ spanId }) => spanId)]);
  expect(spans.filter(({ parentSpanId }) => !parentSpanId || !known.has(parentSpanId))).toEqual([]);
  expect(JSON.stringify(spans)).not.toMatch(/will not lock|Harbour/);
});

test('who sends no trace context begins a trace, which the timeline names; who asks not to be traced is not', async () => {
  const [account_id, site_id] = [randomUUID(), randomUUID()];
  await put(`/accounts/${account_id}`, { name: 'Harbour Books' }, UNTRACED);
  await put(`/sites/${site_id}`, { account_id, name: 'Pier 4', address1: '4 Pier Road', city: 'Oakland' }, UNTRACED);
  const traceOf = async (headers: Record<string, string>) => {
    const { id } = await send('POST', '/tickets', { account_id, site_id, summary: 'will not lock' }, headers);
    const path = `${api.url}/tickets/${id}/timeline`;
    const timeline = await fetch(path, { headers: { 'x-actor-id': 'ines', 'x-actor-role': 'dispatcher' } });
    const { events } = (await timeline.json()) as { events: { trace_id: string }[] };
    return events[0]?.trace_id ?? '';
  };
  const unsampled = begun();
  const quiet = await traceOf({ traceparent: unsampled.headers.traceparent.replace(/01$/, '00') });
  const own = await traceOf({});

  expect(own).toMatch(/^[0-9a-f]{32}$/);
  expect(quiet).toBe(unsampled.traceId);
  await collector.until((spans) => spans.some(({ traceId, name }) => traceId === own && name === 'project tickets'));
  expect(collector.spans.filter(({ traceId }) => traceId === quiet)).toEqual([]);
});

test('what is left is sent before the process ends', async () => {
  const before = begun();
  await put(`/accounts/${randomUUID()}`, { name: 'Harbour Books' }, before.headers);
  api.terminate();
  expect(await api.exited).toBe(0);
  await collector.until((spans) => spans.some(({ traceId, kind }) => traceId === before.traceId && kind === 2));
});
