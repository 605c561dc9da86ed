import type { PolicyFiles } from './content.js';
import { PolicyFault, pointer } from './fault.js';

export interface Roles {
  readonly roles: readonly string[];
  /** The role that a name stands for: an alias's, else the name itself. */
  readonly canonical: (name: string) => string;
  /** Throws when a list of roles, found in `file` at `path`, names one that there is not. */
  readonly check: (names: readonly string[], file: string, ...path: readonly (string | number)[]) => readonly string[];
}

export function rolesFrom({ roles, aliases }: PolicyFiles['roles']): Roles {
  const known = new Set(roles);
  const roleOf = new Map(Object.entries(aliases));
  for (const [alias, role] of roleOf) {
    const place = pointer('aliases', alias);
    if (known.has(alias)) throw new PolicyFault('roles.json', place, `alias '${alias}' shadows the role of that name`);
    if (!known.has(role)) throw new PolicyFault('roles.json', place, `unknown role '${role}'`);
  }
  return {
    roles,
    canonical: (name) => roleOf.get(name) ?? name,
    check(names, file, ...path) {
      const at = names.findIndex((name) => !known.has(name));
      if (at >= 0) throw new PolicyFault(file, pointer(...path, at), `unknown role '${names[at]}'`);
      return names;
    },
  };
}
