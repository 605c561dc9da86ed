/** All that the CLI says, in one place, so that tests can listen. */
export interface Printer {
  /** A line of the answer. */
  line(text: string): void;
  /** A line for the person in front of it: on stderr, so that the answer can be piped. */
  note(text: string): void;
  /** How far a long command is: a line that rewrites itself on a terminal, elsewhere one every few seconds. */
  progress(text: () => string): void;
}

/** What is needed of process.stdout and process.stderr. */
export interface Sink {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const EVERY_MS = { terminal: 100, elsewhere: 3_000 };
const CLEAR_LINE = '\r\u001b[2K';

/** `clock`: milliseconds from any beginning. */
export function printerTo(out: Sink, err: Sink, clock: () => number = () => performance.now()): Printer {
  const every = err.isTTY ? EVERY_MS.terminal : EVERY_MS.elsewhere;
  let shown = err.isTTY ? -Infinity : clock();
  let unfinished = false;

  function settle(): void {
    if (unfinished) err.write(CLEAR_LINE);
    unfinished = false;
  }

  return {
    line(text) {
      settle();
      out.write(`${text}\n`);
    },
    note(text) {
      settle();
      err.write(`${text}\n`);
    },
    progress(text) {
      if (clock() - shown < every) return;
      shown = clock();
      err.write(err.isTTY ? CLEAR_LINE + text() : `${text()}\n`);
      unfinished = err.isTTY === true;
    },
  };
}
