import { createServer, type RequestListener, type Server } from 'node:http';
import fastify, { type FastifyInstance } from 'fastify';

/** Links in mails carry signed tokens with the destination inside, so parameters may be long. */
const PARAMETER_LENGTH_LIMIT = 8_192;
/** Idle connections of trackers and consoles; longer than the usual 60 s of proxies in front. */
const KEEP_ALIVE_MS = 72_000;

export interface ListenOptions {
  host: string;
  /** 0: any free one. */
  port: number;
  listening: boolean;
  /** Proxies whose word on the visitor's address is taken (addresses, ranges, `loopback`); null: nobody's. */
  trustProxy: string | null;
}

export interface Listener {
  app: FastifyInstance;
  url: string;
  /** Lets requests in; until then they are told to come back. */
  open(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Takes the address before anything else is made, since links in mails bear it and the port may be any free one.
 * `listening` false keeps a process without web role off the network.
 */
export async function listen({ host, port, listening, trustProxy }: ListenOptions): Promise<Listener> {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS });
  let handle: RequestListener = (_request, response) => response.writeHead(503, { 'retry-after': '1' }).end();
  server.on('request', (request, response) => handle(request, response));
  if (listening) await bind(server, host, port);
  const address = server.address();
  const boundPort = typeof address === 'object' && address !== null ? address.port : port;
  let ready: RequestListener = handle;
  const app = fastify({
    trustProxy: trustProxy ?? false,
    routerOptions: { maxParamLength: PARAMETER_LENGTH_LIMIT },
    serverFactory: (handler) => {
      ready = handler;
      return server;
    },
  });
  return {
    app, url: `http://${host.includes(':') ? `[${host}]` : host}:${boundPort}`,
    open: async () => {
      await app.ready();
      handle = ready;
    },
    close: async () => {
      const closed = new Promise<void>((resolve) => { server.close(() => resolve()); });
      server.closeIdleConnections();
      setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS).unref();
      if (server.listening || listening) await closed;
      await app.close();
    },
  };
}

/** How long requests under way may still take when the server stops. */
const CLOSE_GRACE_MS = 5_000;

function bind(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
