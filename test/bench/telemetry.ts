import { once } from 'node:events';
import { createServer } from 'node:http';
import { startApi } from './api.js';
import { loops } from './loops.js';
import type { Row } from './row.js';

const CONNECTIONS = 64;

export const telemetry: Row = {
  name: 'telemetry',
  what: `ticket.create over HTTP, ${CONNECTIONS} connections, with traces sent to a collector and a scrape of /metrics each second`,
  against: 'the same without traces and scrapes',
  unit: '/s',
  reach: { atLeast: 0.9 },
  async open(ground) {
    let [exports, scrapes] = [0, 0];
    const collector = createServer((request, response) => {
      exports += 1;
      request.resume();
      request.once('end', () => response.end());
    }).listen(0, '127.0.0.1');
    await once(collector, 'listening');
    const address = collector.address();
    const endpoint = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    const [on, off] = await Promise.all([
      startApi(ground, 'commands', CONNECTIONS, { env: { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } }),
      startApi(ground, 'commands', CONNECTIONS),
    ]);
    const rate = async (workers: readonly (() => Promise<unknown>)[], ms: number) =>
      (await loops(workers, ms)).perSecond;
    return {
      async measured(ms) {
        const timer = setInterval(() => {
          void on.scrape().then(() => {
            scrapes += 1;
          });
        }, 1_000);
        try {
          return await rate(on.workers, ms);
        } finally {
          clearInterval(timer);
        }
      },
      floor: (ms) => rate(off.workers, ms),
      remark: () => `${exports} exports to the collector, ${scrapes} scrapes`,
      async close() {
        await Promise.all([on.close(), off.close()]);
        collector.close();
        collector.closeAllConnections();
      },
    };
  },
};
