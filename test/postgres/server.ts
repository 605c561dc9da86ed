import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startLocalPostgres } from '@dispatch/local-postgres';

/** The one Postgres that a run of the tests uses. */
export interface Server {
  /** Superuser, to a database that no test uses. */
  readonly url: string;
  /** Which it is, in words. */
  readonly origin: string;
  stop(): Promise<void>;
}

/** Test files run side by side, and each has its own database and pools. */
const MAX_CONNECTIONS = '200';
/** How long a container engine may take to say that it is there, in milliseconds. */
const PROBE_MS = 3000;

/** The server that is given, else one in a container, else the embedded one. */
export async function startServer(given: string | undefined): Promise<Server> {
  if (given) return { url: given, origin: 'the one of DISPATCH_TEST_POSTGRES_URL', stop: () => Promise.resolve() };
  return (await containerEngineAnswers()) ? startContainer() : startEmbedded();
}

async function startEmbedded(): Promise<Server> {
  const dataDir = await mkdtemp(join(tmpdir(), 'dispatch-test-'));
  // As root, Postgres runs as another user, which must get through.
  await chmod(dataDir, 0o711);
  const postgres = await startLocalPostgres({ dataDir, settings: { max_connections: MAX_CONNECTIONS } });
  const stop = async (): Promise<void> => {
    await postgres.stop();
    await rm(dataDir, { recursive: true });
  };
  return { url: postgres.ownerUrl, origin: 'the embedded PostgreSQL', stop };
}

async function startContainer(): Promise<Server> {
  const { GenericContainer, Wait } = await import('testcontainers');
  const image = 'postgres:18-alpine';
  const container = await new GenericContainer(image)
    .withEnvironment({ POSTGRES_PASSWORD: 'test' })
    .withCommand(['-c', `max_connections=${MAX_CONNECTIONS}`])
    .withExposedPorts(5432)
    // Its first start is for initdb only; the second is to stay.
    .withWaitStrategy(Wait.forLogMessage(/database system is ready to accept connections/, 2))
    .start();
  const url = `postgresql://postgres:test@${container.getHost()}:${container.getMappedPort(5432)}/postgres`;
  return { url, origin: `a container of ${image}`, stop: () => container.stop().then(() => undefined) };
}

/** Testcontainers takes long to load, so it is asked only where an engine could be. */
export async function containerEngineAnswers(): Promise<boolean> {
  const { DOCKER_HOST, XDG_RUNTIME_DIR = '/run/user' } = process.env;
  const sockets = [
    '/var/run/docker.sock',
    join(homedir(), '.docker/run/docker.sock'),
    join(XDG_RUNTIME_DIR, 'docker.sock'),
  ];
  if (!DOCKER_HOST && !existsSync(join(homedir(), '.testcontainers.properties')) && !sockets.some(existsSync))
    return false;

  const { getContainerRuntimeClient } = await import('testcontainers');
  const answer = getContainerRuntimeClient().then(
    () => true,
    () => false,
  );
  return Promise.race([answer, delay(PROBE_MS, false, { ref: false })]);
}
