/** What stops a launch: one line for people, and the output of what failed. */
export class Failure extends Error {
  /**
   * @param {string} message
   * @param {string} [output]
   */
  constructor(message, output = '') {
    super(message);
    this.output = output;
  }
}

/** Runs a launcher; a Failure is told in its own words and ends with exit code 1. */
export async function orTell(launch) {
  try {
    await launch();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (error.output) process.stderr.write(`${error.output.trimEnd()}\n`);
    process.stderr.write(`dispatch: ${error.message}\n`);
    process.exitCode = 1;
  }
}

/** A line of progress. On stderr, since stdout belongs to what is launched. */
export function say(line) {
  process.stderr.write(`dispatch: ${line}\n`);
}
