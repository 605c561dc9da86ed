import { openEventStoreDbEventStore } from '@dispatch/event-store';
import { describeEventStore, spawnWriter } from '@dispatch/event-store/conformance';
import { findCluster } from './cluster.js';

describeEventStore('the log in EventStoreDB', async () => {
  const { log, cutConnections, double, stop } = await findCluster();
  return {
    open: () => openEventStoreDbEventStore(log),
    spawnWriter: (task) => spawnWriter(log, task),
    cutConnections,
    longStream: double ? 1_500 : undefined,
    release: stop,
  };
});
