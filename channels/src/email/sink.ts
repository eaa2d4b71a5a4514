import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { SinkOptions } from './sink-behaviour.ts';
import { SinkSession } from './sink-session.ts';

export interface Sink {
  readonly port: number;
  /** `smtp://127.0.0.1:PORT`, `smtps://` with implicit TLS. */
  readonly url: string;
  /** Messages taken so far. */
  readonly count: number;
  /** Connections made so far, and those open now. */
  readonly connections: number;
  readonly openConnections: number;
  /** Closes all connections, saying something first if told to. */
  dropConnections(reply?: string): void;
  stop(): Promise<void>;
}

const DEFAULT_EXTENSIONS = ['PIPELINING', '8BITMIME', 'ENHANCEDSTATUSCODES'];

/** A plain and fast SMTP server on 127.0.0.1 that takes everything: for tests, benchmarks and the demo's mailbox. */
export async function startSink(options: SinkOptions = {}): Promise<Sink> {
  const sessions = new Set<SinkSession>();
  let count = 0;
  let connections = 0;
  const accept = (socket: Socket): void => {
    const session = new SinkSession(socket, {
      ...options,
      extensions: options.extensions ?? DEFAULT_EXTENSIONS,
      connection: ++connections,
      onTaken: () => void count++,
    });
    sessions.add(session);
    socket.once('close', () => sessions.delete(session));
  };
  const isImplicit = options.tls?.implicit === true;
  const server: Server = isImplicit ? createTlsServer({ key: options.tls.key, cert: options.tls.cert }, accept) : createServer({ noDelay: true }, accept);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `${isImplicit ? 'smtps' : 'smtp'}://127.0.0.1:${port}`,
    get count() {
      return count;
    },
    get connections() {
      return connections;
    },
    get openConnections() {
      return sessions.size;
    },
    dropConnections(reply) {
      for (const session of sessions) session.drop(reply);
    },
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const session of sessions) session.drop();
      await closed;
    },
  };
}
