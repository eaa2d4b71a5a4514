import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';

/** What was asked, and what is to be answered. */
export interface Exchange {
  method: string;
  path: string;
  authorization: string | undefined;
  body: unknown;
}

export interface FakeAdminApi {
  url: string;
  exchanges: Exchange[];
  close(): Promise<void>;
}

/** A server that answers as it is told; the real one is tested where it lives. */
export async function fakeAdminApi(answer: (exchange: Exchange) => { status: number; body: unknown }): Promise<FakeAdminApi> {
  const exchanges: Exchange[] = [];
  const server = createServer((request, response) => {
    void readBody(request).then((text) => {
      const body: unknown = text === '' ? null : JSON.parse(text);
      const exchange = { method: request.method ?? '', path: request.url ?? '', authorization: request.headers.authorization, body };
      exchanges.push(exchange);
      const { status, body: answered } = answer(exchange);
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answered));
    }).catch((error: unknown) => {
      response.writeHead(500, { 'content-type': 'application/json' }).end(JSON.stringify({ code: 'internal', detail: String(error) }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`, exchanges,
    close: () => new Promise((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    }),
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}
