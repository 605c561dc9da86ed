import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { IDeployment } from 'kubernetes-models/apps/v1';
import type { IHorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2';
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1';
import type { IConfigMap, INamespace, IService, IServiceAccount } from 'kubernetes-models/v1';
import { documentsOf, root, yamlOf } from './files.js';

const HERE = 'deploy/kubernetes';

export type Manifest =
  | IConfigMap
  | IDeployment
  | IHorizontalPodAutoscaler
  | INamespace
  | INetworkPolicy
  | IPodDisruptionBudget
  | IService
  | IServiceAccount;

interface Kustomization {
  readonly resources: readonly string[];
  readonly patches?: readonly { readonly path: string }[];
  readonly configMapGenerator?: readonly { readonly name: string; readonly literals: readonly string[] }[];
}

/** One addition of a JSON patch. */
interface Addition {
  readonly op: 'add';
  readonly path: string;
  readonly value: unknown;
}

const kustomization = (folder: string) => yamlOf<Kustomization>(`${HERE}/${folder}/kustomization.yaml`);
const filesOf = ({ resources }: Kustomization) => resources.filter((one) => one.endsWith('.yaml'));

/** What an overlay puts on a cluster, as far as these manifests use kustomize: resources, additions, merges. */
export function overlaid(name: string): Manifest[] {
  const overlay = kustomization(`overlays/${name}`);
  const own = filesOf(overlay).flatMap((one) => documentsOf<Manifest>(`${HERE}/overlays/${name}/${one}`));
  return (overlay.patches ?? []).reduce(
    (documents, { path }) => patched(documents, yamlOf<Addition[] | Manifest>(`${HERE}/overlays/${name}/${path}`)),
    [...baseDocuments(), ...own],
  );
}

function baseDocuments(): Manifest[] {
  const base = kustomization('base');
  const maps = (base.configMapGenerator ?? []).map(
    ({ name, literals }): IConfigMap => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name },
      data: Object.fromEntries(literals.map((literal) => literal.split(/=(.*)/s).slice(0, 2))),
    }),
  );
  return [...filesOf(base).flatMap((one) => documentsOf<Manifest>(`${HERE}/base/${one}`)), ...maps];
}

/** Additions are for every Deployment; a document is laid over the one of its kind and name. */
function patched(documents: readonly Manifest[], by: Addition[] | Manifest): Manifest[] {
  if (Array.isArray(by)) return documents.map((one) => (one.kind === 'Deployment' ? by.reduce(added, one) : one));
  return documents.map((one) => {
    if (one.kind !== by.kind || one.metadata?.name !== by.metadata?.name || !('spec' in one && 'spec' in by))
      return one;
    return { ...one, spec: { ...one.spec, ...by.spec } } as Manifest;
  });
}

function added<Document>(document: Document, { path, value }: Addition): Document {
  const copy = structuredClone(document);
  const keys = path.split('/').slice(1);
  const last = keys.pop() ?? '';
  const into = keys.reduce((inner, key) => inner[key] as Record<string, unknown>, copy as Record<string, unknown>);
  if (Array.isArray(into) && last === '-') into.push(value);
  else into[last] = value;
  return copy;
}

/** Every kustomization with the files that it names and the files that lie beside it. */
export const kustomizations = () =>
  ['base', 'overlays/kurrentdb', 'overlays/postgres'].map((folder) => {
    const one = kustomization(folder);
    const named = [...filesOf(one), ...(one.patches ?? []).map(({ path }) => path)].sort();
    const beside = readdirSync(join(root, HERE, folder)).filter((file) => file !== 'kustomization.yaml');
    return { folder, named, beside: beside.sort() };
  });
