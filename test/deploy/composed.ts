import { newSignerLine } from '@dispatch/proof';
import { yamlOf } from './files.js';

interface Network {
  readonly aliases?: readonly string[];
  readonly ipv4_address?: string;
}

/** As far as the tests look at it. */
export interface Service {
  readonly image: string;
  readonly extends?: { readonly file: string; readonly service: string };
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly secrets?: readonly string[];
  readonly depends_on?: readonly string[] | Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: object;
  readonly networks?: { readonly default: Network };
  readonly command?: readonly string[];
  readonly user?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
}

interface ComposeFile {
  readonly services: Readonly<Record<string, Service>>;
  readonly secrets: Readonly<Record<string, { readonly environment: string }>>;
  readonly volumes: Readonly<Record<string, null>>;
}

/** A compose file with what its services extend laid under them; of lists, which Compose adds up, both parts. */
export function composed(path: string): ComposeFile {
  const file = yamlOf<ComposeFile>(path);
  const services = Object.entries(file.services).map(([name, { extends: base, ...own }]) => [
    name,
    base ? laidOver(yamlOf<ComposeFile>(`deploy/${base.file}`).services[base.service], own) : own,
  ]);
  return { ...file, services: Object.fromEntries(services) };
}

function laidOver(under: Service | undefined, over: Service): Service {
  const both = (key: 'volumes' | 'ports' | 'secrets') => [...new Set([...(under?.[key] ?? []), ...(over[key] ?? [])])];
  return { ...under, ...over, volumes: both('volumes'), ports: both('ports'), secrets: both('secrets') };
}

export const mountsOf = ({ volumes = [] }: Service): { source: string; target: string }[] =>
  volumes.map((volume) => {
    const [source = '', target = ''] = volume.split(':');
    return { source, target };
  });

/** Those that it waits for, and until when: started where nothing is said. */
export function waitsOf({ depends_on = [] }: Service): { other: string; condition: string }[] {
  if (Array.isArray(depends_on)) return depends_on.map((other: string) => ({ other, condition: 'service_started' }));
  return Object.entries(depends_on).map(([other, { condition }]) => ({ other, condition }));
}

/** What stands in for a secret: as `deploy/new-secrets.sh` makes them. */
const STAND_IN = '0123456789abcdef'.repeat(4);
const SIGNING_KEY = newSignerLine('localhost/dispatch');

const standIn = (_: string, name: string) => (name === 'DISPATCH_AUDIT_SIGNING_KEY' ? SIGNING_KEY : STAND_IN);

/** A service's environment as its process would see it. */
export const environmentOf = ({ environment = {} }: Service): Record<string, string> =>
  Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [name, value.replaceAll(/\$\{([A-Z_]+):\?\}/g, standIn)]),
  );
