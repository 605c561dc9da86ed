/** A message of an event stream (HTML standard, 9.2). Data is one line of JSON; ids are positions of the log. */
export function frame(event: string, data: object, id?: string): string {
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
