// Is the process in this container alive? Ends with 0 or 1. With an argument another path is asked, such as /ready.
const port = process.env.DISPATCH_API_PORT ?? '8080';
const path = process.argv[2] ?? '/health';

const { ok } = await fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(4_000) }).catch(() => ({
  ok: false,
}));
process.exit(ok ? 0 : 1);
