/** How long log and read models may take to answer, in milliseconds. */
export const PATIENCE_MS = 3_000;

/** The answer, or why there is none yet. */
export async function inTime<Answer>(asked: Promise<Answer>): Promise<{ answer: Answer } | { error: string }> {
  const { promise: late, resolve } = Promise.withResolvers<{ error: string }>();
  const timer = setTimeout(resolve, PATIENCE_MS, { error: `no answer within ${PATIENCE_MS} ms` });
  const settled = asked.then(
    (answer) => ({ answer }),
    (error: unknown) => ({ error: error instanceof Error ? error.message : String(error) }),
  );
  try {
    return await Promise.race([settled, late]);
  } finally {
    clearTimeout(timer);
  }
}
