import type { FastifyInstance } from 'fastify';

/** The methods that a path takes, by the routes that the server really has; none for an unknown path. */
export function methodsByPath(server: FastifyInstance): (url: string) => readonly string[] {
  const routes: { readonly pattern: RegExp; readonly methods: readonly string[] }[] = [];
  server.addHook('onRoute', ({ url, method }) => {
    // Paths of the docs page that end in a wildcard serve files, and take nothing but GET.
    const pattern = new RegExp(`^${url.replaceAll(/[.]/g, '\\.').replaceAll('*', '.+').replaceAll(/:\w+/g, '[^/]+')}$`);
    routes.push({ pattern, methods: [method].flat() });
  });
  return (url) => {
    const [path = ''] = url.split('?');
    return [...new Set(routes.flatMap(({ pattern, methods }) => (pattern.test(path) ? methods : [])))].sort();
  };
}
