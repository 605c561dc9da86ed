import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { EventStoreDbEventStoreOptions } from '@dispatch/event-store';
import { containerEngineAnswers } from '../postgres/server.js';
import { startEventStoreDouble } from './double.js';

/** What a suite runs on: a server, or the double where there is none. */
export interface Cluster {
  /** Under a prefix of this suite's own, so that a server may be shared. */
  readonly log: EventStoreDbEventStoreOptions;
  /** Which it is, in words. */
  readonly origin: string;
  /** Absent where nobody here holds the other end of the connections. */
  readonly cutConnections?: () => Promise<void>;
  /** Whether it is the double, which shares the processor with the test. */
  readonly double: boolean;
  stop(): Promise<void>;
}

const VARIABLE = 'DISPATCH_TEST_EVENTSTORE_URL';
const IMAGE = 'docker.io/kurrentplatform/kurrentdb:25.1.3';
const PORT = 2113;
/** Milliseconds between two cuts: what was cut must have come back, or nothing is in flight. */
const BETWEEN_CUTS = 20;

/** The server that is given, else one in a container, else the double. */
export async function findCluster(): Promise<Cluster> {
  const cluster = await (givenCluster() ?? ((await containerEngineAnswers()) ? inContainer() : ofDouble()));
  process.stderr.write(`EventStoreDB for the conformance suite: ${cluster.origin}\n`);
  return cluster;
}

/** A log of its own on the server that is given, else on a double of its own: made for each test, so no container. */
export async function quickCluster(): Promise<Cluster> {
  return givenCluster() ?? ofDouble();
}

function givenCluster(): Cluster | undefined {
  const url = process.env[VARIABLE];
  if (!url) return undefined;
  return {
    log: { url, prefix: aPrefix() },
    origin: `the one of ${VARIABLE}`,
    double: false,
    stop: async () => undefined,
  };
}

async function inContainer(): Promise<Cluster> {
  const { GenericContainer, Wait } = await import('testcontainers');
  const container = await new GenericContainer(IMAGE)
    .withEnvironment({ KURRENTDB_CLUSTER_SIZE: '1', KURRENTDB_INSECURE: 'true', KURRENTDB_MEM_DB: 'true' })
    .withExposedPorts(PORT)
    .withWaitStrategy(Wait.forHttp('/health/live', PORT).forStatusCode(204))
    .start();
  const url = `esdb://${container.getHost()}:${container.getMappedPort(PORT)}?tls=false`;
  const stop = () => container.stop().then(() => undefined);
  return { log: { url, prefix: aPrefix() }, origin: `a container of ${IMAGE}`, double: false, stop };
}

async function ofDouble(): Promise<Cluster> {
  const double = await startEventStoreDouble();
  return {
    log: { url: double.url },
    origin: 'the protocol double, no real server',
    double: true,
    async cutConnections() {
      double.cutConnections();
      await delay(BETWEEN_CUTS);
    },
    stop: () => double.stop(),
  };
}

const aPrefix = (): string => `test-${randomBytes(6).toString('hex')}`;
