/** Milliseconds to wait after so many failures in a row. */
export function backoff(failures: number): number {
  return Math.min(100 * 2 ** (failures - 1), 5_000);
}
