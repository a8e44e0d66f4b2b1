import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A proxy that takes a prefix away, as many do, and of which the application knows nothing. */
export async function proxyTo(target: string, prefix: string): Promise<{ url: string; stop: () => Promise<void> }> {
  const { hostname, port } = new URL(target);
  const server = createServer((incoming, answer) => {
    if (!incoming.url!.startsWith(prefix)) return void answer.writeHead(404).end();
    const { method, headers } = incoming;
    const outgoing = request({ hostname, port, path: incoming.url!.slice(prefix.length) || '/', method, headers }, (response) => {
      answer.writeHead(response.statusCode!, response.headers);
      response.pipe(answer);
    });
    outgoing.on('error', () => answer.destroy());
    answer.on('close', () => outgoing.destroy());
    incoming.pipe(outgoing);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${prefix}`,
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
