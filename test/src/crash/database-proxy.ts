import { connect, createServer, type Server, type Socket } from 'node:net';
import type { EmbeddedPostgres } from '@samovar/store';

/** One address for a database that comes and goes, and whose connections can be cut like those of any network. */
export class DatabaseProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #database: EmbeddedPostgres | null = null;

  constructor() {
    this.#server = createServer((socket) => this.#join(socket));
  }

  /** From now on this one answers. */
  serve(database: EmbeddedPostgres): void {
    this.#database = database;
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.listen(0, '127.0.0.1', resolve);
    });
  }

  get connectionString(): string {
    const address = this.#server.address();
    if (this.#database === null || address === null || typeof address === 'string') throw new Error('there is nothing to connect to');
    const { user, password, database } = this.#database.connection;
    return `postgresql://${user}:${password}@127.0.0.1:${address.port}/${database}`;
  }

  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.cut();
    await closed;
  }

  #join(socket: Socket): void {
    if (this.#database === null) {
      socket.destroy();
      return;
    }
    const { host, port } = this.#database.connection;
    const server = connect(`${host}/.s.PGSQL.${port}`);
    for (const [one, other] of [[socket, server], [server, socket]] as const) {
      this.#sockets.add(one);
      one.pipe(other);
      // Either end may go away at any time; the other learns of it by the close.
      one.on('error', () => one.destroy());
      one.on('close', () => {
        this.#sockets.delete(one);
        other.destroy();
      });
    }
  }
}
