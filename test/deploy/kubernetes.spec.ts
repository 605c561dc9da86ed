import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { newSignerLine } from '@dispatch/proof';
import type { IConfigMap, IContainer } from 'kubernetes-models/v1';
import ts from 'typescript';
import { serviceFlags } from '../../deploy/local/child.mjs';
import { root, textOf } from './files.js';
import { kustomizations, type Manifest, overlaid } from './manifests.js';
import { settingsOf } from './settings.js';

const OVERLAYS = ['postgres', 'kurrentdb'];

test.each(kustomizations())('$folder names every file beside it, and no other', ({ named, beside }) => {
  expect(named).toEqual(beside);
});

test('every document has the form of its kind, and no field that the kind does not', () => {
  const documents = OVERLAYS.flatMap(overlaid);

  expect(documents.length).toBeGreaterThan(28);
  expect(faults(documents)).toEqual([]);
});

describe.each(OVERLAYS)('overlay %s', (overlay) => {
  const documents = overlaid(overlay);
  const ofKind = <Kind extends Manifest['kind']>(kind: Kind) =>
    documents.filter((one): one is Extract<Manifest, { kind: Kind }> => one.kind === kind);
  const deployments = ofKind('Deployment').map(({ metadata, spec }) => ({ name: metadata?.name ?? '', spec }));
  const pods = deployments.map(({ name, spec }) => ({
    name,
    labels: spec?.template.metadata?.labels ?? {},
    pod: spec?.template.spec,
    container: spec?.template.spec?.containers[0],
  }));

  test('pods run as no root, without privileges, on a file system that they cannot write', () => {
    expect(pods.map(({ name }) => name)).toEqual(['dispatch-api', 'dispatch-projector']);
    for (const { pod } of pods) {
      expect(pod?.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
      expect(pod?.automountServiceAccountToken).toBe(false);
      for (const { securityContext } of [...(pod?.initContainers ?? []), ...(pod?.containers ?? [])])
        expect(securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
    }
  });

  test('pods are started, watched and taken out by what the process answers, where it listens', () => {
    for (const { name, container } of pods) {
      const { startupProbe, livenessProbe, readinessProbe, ports, resources, command } = container ?? {};
      const asked = [startupProbe, livenessProbe, readinessProbe].map((probe) => probe?.httpGet);
      const amounts = { cpu: expect.any(String), memory: expect.any(String) };

      expect(asked).toEqual(['/health', '/health', '/ready'].map((path) => ({ path, port: 'http' })));
      expect(ports).toEqual([{ name: 'http', containerPort: 8080 }]);
      // /ready looks for 3 s before it says that a database is away.
      expect(readinessProbe?.timeoutSeconds).toBeGreaterThan(3);
      expect(resources).toEqual({ requests: amounts, limits: amounts });
      const app = name === 'dispatch-api' ? name : 'projector';
      expect(command).toEqual([
        'node',
        ...(app === 'projector' ? [] : serviceFlags('api')),
        '--import',
        `./dist/apps/${app}/src/preload.js`,
        `dist/apps/${app}/src/main.js`,
      ]);
    }
  });

  test('services, budgets and scaling are for pods that there are', () => {
    const services = ofKind('Service').map(({ metadata, spec }) => [metadata?.name, spec?.selector]);
    const budgets = ofKind('PodDisruptionBudget').map(({ metadata, spec }) => [
      metadata?.name,
      spec?.selector?.matchLabels,
    ]);
    const chosen = pods.map(({ name }) => [name, { 'app.kubernetes.io/name': name }]);

    expect(services).toEqual(chosen);
    expect(budgets).toEqual(chosen);
    for (const { name, labels } of pods) expect(labels['app.kubernetes.io/name']).toBe(name);
    for (const { name, spec } of deployments)
      expect(spec?.selector.matchLabels).toEqual({ 'app.kubernetes.io/name': name });
    for (const { spec } of ofKind('Service'))
      expect(spec?.ports).toEqual([{ name: 'http', port: 8080, targetPort: 'http' }]);

    const [scaling] = ofKind('HorizontalPodAutoscaler');
    const scaled = deployments.find(({ name }) => name === scaling?.spec?.scaleTargetRef.name);
    // A number of its own would be set back to at every apply.
    expect(scaled).toBeDefined();
    expect(scaled?.spec).not.toHaveProperty('replicas');
    expect(scaling?.spec?.minReplicas).toBeGreaterThan(1);
  });

  test('nothing may pass but what is said, and what is said is for pods that there are', () => {
    const [closed, ...open] = ofKind('NetworkPolicy').map(({ spec }) => spec);
    const ways = open.flatMap((spec) => [...(spec?.ingress ?? []), ...(spec?.egress ?? [])]);
    const out = open.flatMap((spec) => spec?.egress ?? []).flatMap(({ ports = [] }) => ports.map(({ port }) => port));

    expect(closed).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
    for (const spec of open)
      expect(pods.map(({ labels }) => labels)).toContainEqual(
        expect.objectContaining(spec?.podSelector?.matchLabels ?? { none: '' }),
      );
    expect(ways.filter(({ ports = [] }) => ports.length === 0)).toEqual([]);
    expect(new Set(out)).toEqual(new Set([53, 5432, 4318, ...(overlay === 'kurrentdb' ? [2113] : [])]));
  });

  test("the owner's login is where migrations run, and nowhere else", () => {
    for (const { pod, container } of pods) {
      const [migrating] = pod?.initContainers ?? [];
      expect(migrating?.command).toEqual(['node', 'dist/apps/cli/src/main.js', 'migrate']);
      expect(migrating?.env?.map(({ name }) => name)).toContain('DISPATCH_DATABASE_MIGRATION_URL');
      expect(container?.env?.map(({ name }) => name)).not.toContain('DISPATCH_DATABASE_MIGRATION_URL');
    }
  });

  test('each pod has settings that its process starts with', () => {
    const roles = pods.map(({ container }) => settingsOf(environmentOf(container, ofKind('ConfigMap'))).role);

    expect(roles).toEqual(['api', 'projector']);
  });

  test('every secret that is referred to is one that the guide makes', () => {
    const guide = textOf('docs/guides/deploy.md');
    const commands = guide.split('\n').filter((line) => line.includes('create secret generic'));
    const references = pods.flatMap(({ pod }) =>
      [...(pod?.initContainers ?? []), ...(pod?.containers ?? [])].flatMap(({ env = [] }) =>
        env.flatMap(({ valueFrom }) => valueFrom?.secretKeyRef ?? []),
      ),
    );
    const isMade = ({ name, key }: { name?: string; key: string }) =>
      commands.some((line) => line.includes(` ${name} `) && line.includes(`=${key}=`));

    expect(references.length).toBeGreaterThan(5);
    expect(references.filter((one) => !isMade(one))).toEqual([]);
  });
});

/**
 * What the compiler says of each document as a literal of its kind's type. The types of kubernetes-models are made of
 * the schema that Kubernetes publishes; the package's validators let unknown fields pass, the compiler does not.
 */
function faults(documents: readonly Manifest[]): string[] {
  const file = join(root, 'test/deploy/manifests-as-literals.ts');
  const text = documents
    .map(
      (one, index) =>
        `import type { I${one.kind} as K${index} } from 'kubernetes-models/${one.apiVersion}';\n` +
        `export const d${index}: K${index} = ${JSON.stringify(one)};`,
    )
    .join('\n');
  const options: ts.CompilerOptions = {
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es5.d.ts'],
    types: [],
    strict: true,
    skipLibCheck: true,
    noEmit: true,
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.getSourceFile = (name, ...rest) =>
    name === file ? ts.createSourceFile(name, text, ts.ScriptTarget.ES2022) : getSourceFile(name, ...rest);
  host.fileExists = (name) => name === file || fileExists(name);
  return ts
    .getPreEmitDiagnostics(ts.createProgram([file], options, host))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
}

/** What stands in for the secrets. */
const SECRETS: Readonly<Record<string, string>> = {
  DISPATCH_AUTH_JWT_SECRET: 'x'.repeat(64),
  DISPATCH_OPS_TOKEN: 'x'.repeat(64),
  DISPATCH_AUDIT_SIGNING_KEY: newSignerLine('localhost/dispatch'),
  DISPATCH_PRIVACY_KEY: '07'.repeat(32),
  DISPATCH_DATABASE_URL: 'postgresql://one@postgres/dispatch',
  DISPATCH_DATABASE_MIGRATION_URL: 'postgresql://two@postgres/dispatch',
  DISPATCH_EVENTSTORE_URL: 'esdb://one:two@kurrentdb:2113?tls=true&tlsCaFile=/certificates/ca.crt',
};

/** As the process would see it. */
function environmentOf(container: IContainer | undefined, maps: readonly IConfigMap[]): Record<string, string> {
  const { env = [], envFrom = [] } = container ?? {};
  const common = envFrom.map(({ configMapRef }) => maps.find(({ metadata }) => metadata?.name === configMapRef?.name));
  const own = env.map(({ name, value }) => [name, value ?? SECRETS[name] ?? '']);
  return Object.assign({}, ...common.map((map) => map?.data), Object.fromEntries(own)) as Record<string, string>;
}
