import { once } from 'node:events';
import { createServer } from 'node:http';

const SLOW_MS = 4_000;

/** What the demo's jobs call: `/ok` at once, `/slow` after seconds, `/flaky` with two failures before each success. */
export async function startTarget() {
  const server = createServer((request, response) => {
    request.resume();
    if (request.url === '/slow') setTimeout(() => response.end('took my time'), SLOW_MS);
    else if (request.url === '/flaky') answerFlaky(request, response);
    else response.end('ok');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: (path) => `http://127.0.0.1:${server.address().port}${path}`,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Every call says which attempt it is, so the target needs no memory. */
function answerFlaky(request, response) {
  const attempt = Number(request.headers['x-scheduler-attempt']);
  response.statusCode = attempt < 3 ? 503 : 200;
  response.end(`attempt ${attempt}`);
}
