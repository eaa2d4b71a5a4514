import { totalmem } from 'node:os';

/** `volatile` gives up every promise after a crash for speed: for tests, never for data that matters. */
export type Durability = 'durable' | 'volatile';

export type SettingsInput = {
  readonly socketDirectory: string;
  readonly maxConnections: number;
  readonly durability: Durability;
};

const MEGABYTE = 1024 * 1024;
const SMALLEST_BUFFERS_MB = 64;
const LARGEST_BUFFERS_MB = 1024;
const VOLATILE_BUFFERS_MB = 128;

/** A quarter of the memory that this process may use, a container's limit included. */
function sharedBuffersMb(): number {
  const limit = process.constrainedMemory();
  const memory = limit > 0 && limit < totalmem() ? limit : totalmem();
  return Math.round(Math.min(LARGEST_BUFFERS_MB, Math.max(SMALLEST_BUFFERS_MB, memory / MEGABYTE / 4)));
}

/**
 * The server's settings, given on its command line so that a new version of Samovar changes them for old data too.
 * Reasons: no TCP port; up to 2 GB of log between checkpoints recovers in about 20 s; wal_compression costs a third of the
 * write speed with the one algorithm that is built in; jit is not in the binaries.
 */
export function serverSettings(input: SettingsInput): Record<string, string> {
  const durable = input.durability === 'durable' ? 'on' : 'off';
  return {
    cluster_name: 'samovar',
    listen_addresses: '',
    unix_socket_directories: input.socketDirectory,
    unix_socket_permissions: '0700',
    max_connections: String(input.maxConnections),
    fsync: durable,
    full_page_writes: durable,
    synchronous_commit: durable,
    shared_buffers: `${input.durability === 'durable' ? sharedBuffersMb() : VOLATILE_BUFFERS_MB}MB`,
    wal_buffers: '32MB',
    wal_compression: 'off',
    max_wal_size: '2GB',
    checkpoint_timeout: '10min',
    random_page_cost: '1.1',
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    lc_messages: 'C',
    logging_collector: 'off',
    log_line_prefix: '%m [%p] ',
    password_encryption: 'scram-sha-256',
  };
}
