/** Control characters, line ends and marks that turn the direction of writing. */
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** A line that shows what stands in the log and does nothing else: no text in it can move the cursor or feign a line. */
export const printable = (line: string): string =>
  line.replace(UNPRINTABLE, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`);
