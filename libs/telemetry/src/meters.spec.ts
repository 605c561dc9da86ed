import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Meters, openMeters } from './meters.js';
import { tally } from './tally.js';

let meters: Meters;
beforeEach(() => {
  meters = openMeters({ service: 'test', version: '1' });
});
afterEach(() => meters.close());

const lines = async (format: 'prometheus' | 'openmetrics' = 'prometheus') => (await meters.text(format)).split('\n');

test('a counter reads its tally, whatever its labels hold', async () => {
  const counted = tally('path');
  meters.counter('things_total', 'Things', counted);
  counted.add('/a');
  counted.add('/a');
  counted.add('say "no"\\\n');
  expect(await lines()).toEqual([
    '# HELP things_total Things',
    '# TYPE things_total counter',
    'things_total{path="/a"} 2',
    'things_total{path="say \\"no\\"\\\\\\n"} 1',
    '',
  ]);
});

test('a distribution has its buckets, then sum and count, for each set of labels', async () => {
  const took = meters.distribution('took_seconds', 'Took', [1, 2]);
  took.record(1.5, { path: '/a/{id}' });
  took.record(3, { path: '/b' });
  expect(await lines()).toEqual([
    '# HELP took_seconds Took',
    '# TYPE took_seconds histogram',
    'took_seconds_bucket{path="/a/{id}",le="1"} 0',
    'took_seconds_bucket{path="/a/{id}",le="2"} 1',
    'took_seconds_bucket{path="/a/{id}",le="+Inf"} 1',
    'took_seconds_sum{path="/a/{id}"} 1.5',
    'took_seconds_count{path="/a/{id}"} 1',
    'took_seconds_bucket{path="/b",le="1"} 0',
    'took_seconds_bucket{path="/b",le="2"} 0',
    'took_seconds_bucket{path="/b",le="+Inf"} 1',
    'took_seconds_sum{path="/b"} 3',
    'took_seconds_count{path="/b"} 1',
    '',
  ]);
});

test('what is no longer found, or cannot be looked up, is no longer told', async () => {
  const found = [['old', 'new'], ['new'], []];
  meters.looked({ tables: 'Tables' }, async (report) => {
    const names = found.shift();
    if (!names?.length) throw new Error('the database is away');
    for (const name of names) report('tables', 1, { name });
  });
  meters.looked({ up: 'Up' }, (report) => report('up', 1));
  expect((await lines()).filter((line) => line.startsWith('tables'))).toHaveLength(2);
  expect((await lines()).filter((line) => line.startsWith('tables'))).toEqual(['tables{name="new"} 1']);
  expect(await lines()).toEqual(['# HELP up Up', '# TYPE up gauge', 'up 1', '']);
});

test('as OpenMetrics families of counters have no ending, and the text has an end', async () => {
  const counted = tally();
  counted.add();
  meters.counter('things_total', 'Things', counted);
  expect(await lines('openmetrics')).toEqual([
    '# HELP things Things',
    '# TYPE things counter',
    'things_total 1',
    '# EOF',
    '',
  ]);
});
