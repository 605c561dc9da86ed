/** How to end what was started so far. */
export interface Stops {
  add(stop: () => Promise<void>): void;
  /** Ends all of it, the last first. */
  run(): Promise<void>;
}

/** What was started later leans on what was started before, and is ended first. */
export function stopsInTurn(): Stops {
  const stops: (() => Promise<void>)[] = [];
  return {
    add: (stop) => void stops.push(stop),
    async run() {
      for (const stop of stops.reverse().splice(0)) await stop();
    },
  };
}
