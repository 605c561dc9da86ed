interface Coalesced {
  (): void;
  stop(): void;
}

/** Runs at once, then at most once in `apart` milliseconds and never beside itself; the last call is never lost. */
export function coalesced(apart: number, run: () => Promise<void>): Coalesced {
  let running = false;
  let again = false;
  let stopped = false;
  const go = async () => {
    running = true;
    do {
      again = false;
      await Promise.all([run().catch(() => undefined), new Promise((resolve) => setTimeout(resolve, apart))]);
    } while (again && !stopped);
    running = false;
  };
  const call = () => {
    if (running) again = true;
    else if (!stopped) void go();
  };
  return Object.assign(call, {
    stop: () => {
      stopped = true;
    },
  });
}
