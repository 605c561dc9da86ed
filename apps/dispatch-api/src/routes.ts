import type { Policy } from '@dispatch/policy';

const OPEN = [
  { method: 'GET', path: '/health' },
  { method: 'GET', path: '/ready' },
  { method: 'GET', path: '/openapi.json' },
  { method: 'GET', path: '/docs' },
];

/** The methods that a path takes, by the same rows that its routes are made from; empty for an unknown path. */
export function methodsByPath(policy: Policy): (url: string) => readonly string[] {
  const routes = [...policy.tools, ...policy.directory, ...OPEN].map(({ method, path }) => ({
    method,
    pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
  }));
  return (url) => {
    const [path = ''] = url.split('?');
    return [...new Set(routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method))].sort();
  };
}
