import type { FastifyInstance } from 'fastify';

/** Nothing but what the documentation page needs. */
const CONTENT_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  // The page's own styles are inline.
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join(';');

/**
 * What Helmet would send, and that nobody stores an answer. Helmet works its headers out anew for each request and
 * sets them one by one, which was an eighth of what the shell costs.
 */
const HEADERS = {
  'content-security-policy': CONTENT_POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
  'x-download-options': 'noopen',
  'x-frame-options': 'SAMEORIGIN',
  'x-permitted-cross-domain-policies': 'none',
  'x-xss-protection': '0',
  'cache-control': 'no-store',
};

/** On every answer, also a refusal. */
export function sendSecurityHeaders(server: FastifyInstance): void {
  server.addHook('onRequest', (_request, reply, next) => {
    reply.headers(HEADERS);
    next();
  });
}
