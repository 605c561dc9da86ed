import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import { composed, environmentOf, mountsOf, type Service, waitsOf } from './composed.js';
import { deploy, textOf, yamlOf } from './files.js';
import { settingsOf } from './settings.js';

/** The schema of the Compose specification, as the linter dclint carries it. */
const schemaFile = join(dirname(require.resolve('dclint/package.json')), 'schemas/compose.schema.json');
const { $schema: _, ...schema } = JSON.parse(readFileSync(schemaFile, 'utf8')) as Record<string, unknown>;
const isCompose = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(schema);

const FILES = ['deploy/compose.yaml', 'deploy/compose.cluster.yaml'];

describe.each(FILES)('%s', (path) => {
  const { services, secrets, volumes: declared } = composed(path);
  const all = Object.entries(services);
  const ofOurImage = all.filter(([, { image }]) => String(image).startsWith('dispatch:'));
  const ours = ofOurImage.filter(([name]) => name !== 'migrate');

  test('is what the Compose specification allows', () => {
    isCompose(yamlOf(path));

    expect(isCompose.errors ?? []).toEqual([]);
  });

  test('mounts files that are there, and volumes that it declares', () => {
    const mounts = all.flatMap(([, service]) => mountsOf(service));
    const files = mounts.filter(({ source }) => source.startsWith('.'));
    const volumes = mounts.filter(({ source }) => !source.startsWith('.')).map(({ source }) => source);

    expect(files.filter(({ source }) => !statSync(join(deploy, source), { throwIfNoEntry: false }))).toEqual([]);
    expect([...new Set(volumes)].sort()).toEqual(Object.keys(declared).sort());
    const scripts = files.filter(({ source }) => source.endsWith('.sh'));
    expect(scripts.filter(({ source }) => !(statSync(join(deploy, source)).mode & 0o111))).toEqual([]);
  });

  test('waits for services that it has, in a way that can come true', () => {
    const waits = all.flatMap(([, service]) => waitsOf(service));
    // Images that bring a health check of their own.
    const healthy = (name: string) =>
      services[name]?.healthcheck || /kurrentdb:|^dispatch:/.test(services[name]?.image ?? '');

    expect(waits.filter(({ other }) => !services[other])).toEqual([]);
    expect(waits.filter(({ other, condition }) => condition === 'service_healthy' && !healthy(other))).toEqual([]);
  });

  test('takes each secret from the environment, under a name that new-secrets.sh writes', () => {
    const written = /for name in ([^;]+);/.exec(textOf('deploy/new-secrets.sh').replaceAll('\\\n', ' '))?.[1] ?? '';
    const others = [...textOf('deploy/new-secrets.sh').matchAll(/echo "([A-Z_]+)=/g)].map(([, name]) => name ?? '');
    const names = new Set([...written.split(/\s+/), ...others]);
    const asked = [...textOf(path).matchAll(/\$\{([A-Z_]+)/g)].map(([, name]) => name ?? '');
    const given = Object.values(secrets).map(({ environment }) => environment);
    const used = all.flatMap(([, { secrets: its = [] }]) => its);

    expect([...asked, ...given].filter((name) => !names.has(name))).toEqual([]);
    expect([...new Set(used)].sort()).toEqual(Object.keys(secrets).sort());
  });

  test('gives each process settings that it starts with', () => {
    const read = ours.map(([name, service]) => [name, settingsOf(environmentOf(service)).role]);

    expect(read).toEqual(ours.map(([name]) => [name, /projector|api/.exec(name)?.[0] ?? 'all']));
  });

  test('names databases, nodes and collector by what they are called and where they listen', () => {
    const listening: [kind: RegExp, port: string][] = [
      [/postgres:/, '5432'],
      [/kurrentdb:/, '2113'],
      [/opentelemetry-collector/, '4318'],
    ];
    const known = new Set(
      all.flatMap(([name, { image }]) =>
        listening.filter(([kind]) => kind.test(image)).map(([, port]) => `${name}:${port}`),
      ),
    );
    const called = ofOurImage.flatMap(([, service]) =>
      Object.values(environmentOf(service)).flatMap((value) => value.match(/[a-z][\w-]*:\d{4}\b/g) ?? []),
    );

    expect(called.length).toBeGreaterThan(2);
    expect(called.filter((one) => !known.has(one))).toEqual([]);
  });

  test('runs Dispatch without privileges, on a file system that it cannot write', () => {
    const lax = ours.filter(
      ([, { read_only, cap_drop, security_opt, user }]) =>
        !(read_only && String(cap_drop) === 'ALL' && String(security_opt) === 'no-new-privileges:true') || user,
    );

    expect(lax).toEqual([]);
  });

  test('opens ports to this machine only', () => {
    const ports = all.flatMap(([, service]) => service.ports ?? []);

    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });

  test('is scraped where it listens', () => {
    const names = ours.map(([, { networks }]) => networks?.default.aliases?.[0]);
    const { scrape_configs: jobs } = yamlOf<PrometheusFile>('deploy/prometheus/prometheus.yml');
    const { exporters, receivers } = yamlOf<CollectorFile>('deploy/otel-collector.yaml');
    const collected = exporters.prometheus.endpoint.split(':')[1];

    expect(jobs[0]).toMatchObject({
      authorization: { type: 'Bearer', credentials_file: `/run/secrets/${services.prometheus?.secrets?.[0]}` },
      dns_sd_configs: [{ names: [...new Set(names)], port: 8080 }],
    });
    expect(jobs[1]?.static_configs?.[0]?.targets).toEqual([`otel-collector:${collected}`]);
    expect(receivers.otlp.protocols.http.endpoint).toBe('0.0.0.0:4318');
  });
});

describe('the cluster', () => {
  const { services } = composed('deploy/compose.cluster.yaml');
  const called = (prefix: string) =>
    Object.entries(services).filter(([name]) => new RegExp(`^${prefix}\\d$`).test(name));
  const addressOf = ({ networks }: Service) => networks?.default.ipv4_address;

  test('has three nodes of the log, three APIs, two projectors', () => {
    expect(['kurrentdb', 'api', 'projector'].map((kind) => called(kind).length)).toEqual([3, 3, 2]);
  });

  test('balances over the APIs and no other', () => {
    const sections = textOf('deploy/haproxy/haproxy.cfg').split(/\n(?=\S)/);
    const servers = (backend: string) =>
      sections
        .filter((section) => section.startsWith(`backend ${backend}\n`))
        .flatMap((section) => [...section.matchAll(/^ +server \S+ (\S+)/gm)].map(([, address]) => address));

    const apis = called('api').map(([name]) => `${name}:8080`);
    expect(servers('ready')).toEqual(apis);
    expect(servers('alive')).toEqual(apis);
  });

  test.each(called('kurrentdb'))('%s knows the two others, by addresses that their certificates hold', (name, node) => {
    const others = called('kurrentdb').filter(([other]) => other !== name);
    const script = textOf('deploy/kurrentdb/certificates.sh').replaceAll('$node', name.at(-1) ?? '');

    expect(environmentOf(node)).toMatchObject({
      KURRENTDB_GOSSIP_SEED: others.map(([, other]) => `${addressOf(other)}:2113`).join(),
      KURRENTDB_REPLICATION_IP: addressOf(node),
      KURRENTDB_ADVERTISE_HOST_TO_CLIENT_AS: name,
    });
    expect(script).toContain(`${addressOf(node)}" -dns-names "${name},`);
  });

  test('the authority that the clients trust is the one that signs, and nothing else holds its key', () => {
    const [, api] = called('api')[0] ?? [];
    const url = api ? (environmentOf(api).DISPATCH_EVENTSTORE_URL ?? '') : '';
    const file = new URLSearchParams(url.split('?')[1]).get('tlsCaFile') ?? '';
    const mounted = Object.entries(services).flatMap(([name, service]) =>
      mountsOf(service).map((mount) => ({ name, ...mount })),
    );

    expect(mounted).toContainEqual({ name: 'api1', source: 'trusted', target: dirname(file) });
    expect(mounted).toContainEqual({ name: 'certificates', source: 'trusted', target: '/trusted' });
    expect(mounted.filter(({ source }) => source === 'authority').map(({ name }) => name)).toEqual(['certificates']);
  });

  test('the replica may hold as many connections as the primary, or it would not follow', () => {
    const { 'postgres-primary': primary, 'postgres-replica': replica } = services;
    const connections = (service?: Service) => service?.command?.find((one) => one.startsWith('max_connections='));

    expect(connections(replica)).toBeDefined();
    expect(connections(replica)).toBe(connections(primary));
    expect(replica?.image).toBe(primary?.image);
  });
});

test('Grafana reads what is mounted, from the Prometheus that is there', () => {
  const { services } = composed('deploy/compose.yaml');
  const provisioning = 'deploy/grafana/provisioning';
  const { providers } = yamlOf<GrafanaFile>(`${provisioning}/dashboards/dispatch.yaml`);
  const { datasources } = yamlOf<GrafanaFile>(`${provisioning}/datasources/prometheus.yaml`);
  const mounted = Object.values(services).flatMap(mountsOf);
  const there = mounted.find(({ source }) => source === './grafana')?.target;

  expect(services.grafana?.environment?.GF_PATHS_PROVISIONING).toBe(`${there}/provisioning`);
  expect(providers?.[0]?.options.path).toBe(`${there}/dashboards`);
  expect(datasources?.[0]?.url).toBe('http://prometheus:9090');
  expect(mounted).toContainEqual({ source: './prometheus', target: '/etc/prometheus' });
});

interface PrometheusFile {
  readonly scrape_configs: readonly { readonly static_configs?: readonly { readonly targets: readonly string[] }[] }[];
}
interface Listening {
  readonly endpoint: string;
}
interface CollectorFile {
  readonly exporters: { readonly prometheus: Listening };
  readonly receivers: { readonly otlp: { readonly protocols: { readonly http: Listening } } };
}
interface GrafanaFile {
  readonly providers?: readonly { readonly options: { readonly path: string } }[];
  readonly datasources?: readonly { readonly url: string }[];
}
