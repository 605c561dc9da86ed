/** A connection string as the client takes it, and what else it says. */
export interface EventStoreDbUrl {
  readonly connectionString: string;
  /** Milliseconds a call may take, where the string names them. */
  readonly defaultDeadline: number | undefined;
}

const FORM = /^(?:esdb|kurrentdb)(\+discover)?:\/\/(?:[^:@/?]+:[^@/?]+@)?[^@/?]+\/?(?:\?(.*))?$/;

/**
 * What may stand after `?`. The client prints the whole string, password and all, with an option that it does not know
 * or support, so such a one never reaches it.
 */
const OPTIONS: Readonly<Record<string, RegExp>> = {
  tls: /^(true|false)$/,
  tlsverifycert: /^true$/,
  tlscafile: /./,
  usercertfile: /./,
  userkeyfile: /./,
  connectionname: /./,
  // Every call goes to the leader: see client.ts.
  nodepreference: /^leader$/i,
  maxdiscoverattempts: /^\d+$/,
  discoveryinterval: /^\d+$/,
  gossiptimeout: /^\d+$/,
  keepaliveinterval: /^(-1|\d{5,})$/,
  keepalivetimeout: /^(-1|\d+)$/,
  defaultdeadline: /^[1-9]\d*$/,
};

/** Why this is no connection string for the log, in words that repeat nothing of it but an option's name. */
export function faultOfEventStoreDbUrl(url: string): string | undefined {
  const form = FORM.exec(url);
  if (!form || /\s/.test(url)) return 'must be a connection string such as esdb://user:password@host:2113?tls=true';
  for (const [name, value] of optionsOf(form[2])) {
    const allowed = OPTIONS[flat(name)];
    if (!allowed) return 'has an option that is not supported; docs/configuration.md lists those that are';
    if (!allowed.test(value)) return `has a value for its option ${flat(name)} that is not supported`;
  }
  return undefined;
}

/** Where the cluster is: scheme and hosts, without login and options. Only for a string without fault. */
export function placeOfEventStoreDb(url: string): string {
  const [, scheme = '', hosts = ''] = /^(\w+(?:\+discover)?:\/\/)(?:[^@/?]*@)?([^/?]*)/.exec(url) ?? [];
  return scheme + hosts;
}

/** @throws Error with the fault of a bad one. */
export function readEventStoreDbUrl(url: string): EventStoreDbUrl {
  const fault = faultOfEventStoreDbUrl(url);
  if (fault !== undefined) throw new Error(`the connection string of the log ${fault}`);
  const options = optionsOf(FORM.exec(url)?.[2]);
  const deadline = options.find(([name]) => flat(name) === 'defaultdeadline')?.[1];
  return {
    // One protocol under two names; the client knows the first.
    connectionString: url.replace(/^kurrentdb/, 'esdb'),
    defaultDeadline: deadline === undefined ? undefined : Number(deadline),
  };
}

function optionsOf(query: string | undefined): [name: string, value: string][] {
  if (!query) return [];
  return query.split('&').map((pair) => {
    const [name = '', ...value] = pair.split('=');
    return [name, value.join('=')];
  });
}

/** The client takes `tlsCaFile` and `tls_ca_file` for the same. */
function flat(name: string): string {
  return name.toLowerCase().replaceAll(/[_-]/g, '');
}
