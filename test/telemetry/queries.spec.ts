import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parser } from '@prometheus-io/lezer-promql';
import { Client } from 'pg';
import parsePrometheus from 'parse-prometheus-text-format';
import { parse as parseYaml } from 'yaml';
import { ALERTS } from '../../apps/dispatch-api/src/ops/signals.js';
import { type Api, at, startApi } from '../support/api.js';
import { groundOf } from '../support/tickets.js';

const DEPLOY = join(import.meta.dirname, '../../deploy');
const read = (file: string) => readFileSync(join(DEPLOY, file), 'utf8');
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}
const RULES = list(at(parseYaml(read('prometheus/alerts.yml')), 'groups')).flatMap(
  (group) => list(at(group, 'rules')) as Rule[],
);

const DASHBOARDS = ['operations', 'engineering'] as const;
const panelsOf = (name: string) => list(at(JSON.parse(read(`grafana/dashboards/${name}.json`)), 'panels'));

/** Every query of the repository, with where it stands. */
const QUERIES = [
  ...RULES.map(({ alert, expr }): [string, string] => [`alert ${alert}`, expr]),
  ...DASHBOARDS.flatMap((name) =>
    panelsOf(name).flatMap((panel) =>
      list(at(panel, 'targets')).map((target): [string, string] => [
        `${name}: ${String(at(panel, 'title'))}`,
        // Filled in by Grafana.
        String(at(target, 'expr')).replaceAll('$__rate_interval', '5m'),
      ]),
    ),
  ),
];

let api: Api;
/** What the service exports: the labels of each series that a query may name. */
const exported = new Map<string, Set<string>>();
beforeAll(async () => {
  // Commits are batched there only.
  api = await startApi({ log: 'postgres' });
  const tickets = await groundOf(api);
  const id = await tickets.ticketIn('READY_TO_SCHEDULE');
  const key = randomUUID();
  for (const reason of ['nobody was there', 'nobody was there', 'another reason'])
    await tickets.give('ticket.cancel', { id, key, body: { reason } });
  await api.run('ticket.list');
  // A table that is being built.
  const owner = new Client({ connectionString: api.database.ownerUrl });
  await owner.connect();
  await owner.query(
    "insert into dispatch_read.projections (table_name, name, version, state) values ('tickets_v9_9', 'tickets', 9, 'building')",
  );
  await owner.end();

  const { text } = await api.call({ method: 'GET', path: '/metrics', as: {}, headers: { accept: 'text/plain' } });
  const families = parsePrometheus(text);
  expect(families.length).toBeGreaterThan(30);
  for (const line of text.split('\n').filter((one) => one !== '' && !one.startsWith('#'))) {
    const name = /^\w+/.exec(line)?.[0] ?? '';
    const labels = exported.get(name) ?? new Set<string>();
    for (const [, label = ''] of line.matchAll(/[{,](\w+)="/g)) labels.add(label);
    exported.set(name, labels);
  }
});
afterAll(() => api.close());

/** Names of series and of labels in a query; throws where it is no PromQL. */
function namesIn(query: string): { readonly series: readonly string[]; readonly labels: readonly string[] } {
  const [series, labels]: [string[], string[]] = [[], []];
  parser.parse(query).iterate({
    enter({ name, type, from, to }) {
      if (type.isError) throw new Error(`no PromQL at ${from}: ${query}`);
      if (name === 'Identifier') series.push(query.slice(from, to));
      if (name === 'LabelName') labels.push(query.slice(from, to));
    },
  });
  return { series, labels };
}

test.each(QUERIES)('%s asks for what is exported: %s', (_, query) => {
  const { series, labels } = namesIn(query);
  expect(series.length).toBeGreaterThan(0);
  expect(series.filter((name) => !exported.has(name))).toEqual([]);
  // Which process it is, the scraper says.
  const known = new Set(['instance', ...series.flatMap((name) => [...(exported.get(name) ?? [])])]);
  expect(labels.filter((label) => !known.has(label))).toEqual([]);
});

test('a query that is no PromQL, or of something else, would be found', () => {
  expect(() => namesIn('sum by (code (dispatch_alert_signal)')).toThrow('no PromQL');
  expect(namesIn('rate(dispatch_nothing_total{tool="x"}[5m])')).toEqual({
    series: ['dispatch_nothing_total'],
    labels: ['tool'],
  });
});

test('the rules have the alerts of /ops/alerts, as bad and with the same page', () => {
  const rules = RULES.filter(({ labels }) => labels['code']).map(({ labels, annotations }) => ({
    code: labels['code'],
    severity: labels['severity'],
    runbook: annotations['runbook'],
  }));
  expect(rules).toEqual(ALERTS.map(({ code, severity, runbook }) => ({ code, severity, runbook })));
  for (const { expr, labels } of RULES.filter((rule) => rule.labels['code']))
    expect([labels['code'], expr.split(`code="${labels['code']}"`).length]).toEqual([labels['code'], 3]);
});

test('every rule has a page that says what to do', () => {
  for (const { alert, annotations } of RULES)
    expect([alert, existsSync(join(DEPLOY, '..', annotations['runbook'] ?? 'none'))]).toEqual([alert, true]);
});

test.each(DASHBOARDS)('the dashboard %s has what Grafana needs to load it', (name) => {
  const dashboard: unknown = JSON.parse(read(`grafana/dashboards/${name}.json`));
  expect([at(dashboard, 'uid'), typeof at(dashboard, 'schemaVersion')]).toEqual([`dispatch-${name}`, 'number']);
  const panels = panelsOf(name);
  expect(new Set(panels.map((panel) => at(panel, 'id'))).size).toBe(panels.length);
  for (const panel of panels) {
    expect(at(panel, 'gridPos')).toEqual({ h: 8, w: 8, x: expect.any(Number), y: expect.any(Number) });
    expect(list(at(panel, 'targets')).length).toBeGreaterThan(0);
  }
});
