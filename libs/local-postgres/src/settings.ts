import type { Address } from './urls.js';

/** Server settings by name; all but the address can be given other values by the caller. */
export type Settings = Readonly<Record<string, string>>;

const defaults: Settings = {
  // What a commit promises: said here, so that no file in the cluster can take it away.
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  max_connections: '100',
  shared_buffers: '128MB',
  // A log that is mostly appended to writes much WAL; packing whole pages is cheap beside syncing them.
  wal_compression: 'on',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_line_prefix: '%m [%p] ',
  // Nothing of what was stored gets into the log: no statements, no parameters, no DETAIL with a row's values.
  log_statement: 'none',
  log_min_error_statement: 'panic',
  log_parameter_max_length: '0',
  log_parameter_max_length_on_error: '0',
  log_error_verbosity: 'terse',
};

/** Command-line arguments, which stand above the cluster's own configuration files. */
export function serverArguments(cluster: string, address: Address, settings: Settings = {}): readonly string[] {
  const all = { ...defaults, ...settings, ...listening(address) };
  return ['-D', cluster, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}

/** A Unix-domain socket only: nothing to clash over, nothing for the network to see. Windows: loopback. */
function listening({ host, port }: Address): Settings {
  const windows = process.platform === 'win32';
  return {
    port: String(port),
    listen_addresses: windows ? host : '',
    // A list; the quotes keep a comma in the path from splitting it.
    unix_socket_directories: windows ? '' : `"${host.replaceAll('"', '""')}"`,
    unix_socket_permissions: '0700',
  };
}
