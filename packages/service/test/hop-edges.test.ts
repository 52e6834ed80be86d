import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openEventStream } from '../src/event-stream.ts';
import { closeAll, eventsOf, nextModule, tiny } from './harness.ts';

afterEach(closeAll);

const key = 'key-between-the-modules';

/** Runs the tiny module before what answers at the address; the problem its stream ends with, if it does. */
async function runBefore(nextUrl: string, settings: { hopKey?: string | null } = {}) {
  const { app, spans } = await tiny(async () => 'Rent a room.', { nextUrl, hopKey: key, ...settings });
  const response = await app.inject({
    method: 'POST',
    url: '/run',
    headers: {
      accept: 'text/event-stream',
      'content-type': 'application/json',
      ...(settings.hopKey !== null && { authorization: `Bearer ${key}` }),
    },
    payload: { goal: 'g' },
  });
  const [, last] = eventsOf(response.payload).at(-1) ?? [];
  const hop = spans().find(({ name, kind }) => name === 'POST' && kind === 'CLIENT');
  return {
    problem: (last as { problem?: { status: number; detail: string } }).problem,
    hop,
    payload: response.payload,
  };
}

describe('What a hop carries', () => {
  const listening = async () => {
    const got: { url?: string | undefined; authorization?: string | undefined }[] = [];
    const next = await nextModule((response, { url, headers: { authorization } }) => {
      got.push({ url, authorization });
      const stream = openEventStream(response);
      stream.send('run.finished', '{"output":{},"module":2}');
      stream.end();
    });
    return { got, base: next.replace(/\/run$/, '') };
  };

  test('is the key of the hop.', async () => {
    const { got, base } = await listening();

    await runBefore(base);

    expect(got).toEqual([{ url: '/run', authorization: `Bearer ${key}` }]);
  });

  test('is the name and password of the address, where there is no key; no span shows them.', async () => {
    const { got, base } = await listening();

    const { hop } = await runBefore(base.replace('//', '//us%20er:pass%40word@'), { hopKey: null });

    expect(got).toEqual([{ url: '/run', authorization: `Basic ${btoa('us er:pass@word')}` }]);
    expect(hop?.attributes['url.full']).toBe(`${base}/run`);
  });

  test.each([
    ['/', '/run'],
    ['/agento/', '/agento/run'],
    ['?x=1&y=2', '/run?x=1&y=2'],
    ['/agento?x=1', '/agento/run?x=1'],
  ])('goes to the path below %s.', async (path, url) => {
    const { got, base } = await listening();

    await runBefore(`${base}${path}`);

    expect(got[0]?.url).toBe(url);
  });

  test('goes nowhere else, though the next module says so.', async () => {
    const elsewhere = await listening();
    const next = await nextModule((response) => {
      response.writeHead(307, { location: `${elsewhere.base}/run` });
      response.end();
    });

    const { problem } = await runBefore(next.replace(/\/run$/, ''));

    expect(elsewhere.got).toEqual([]);
    expect(problem).toMatchObject({ status: 502, detail: 'Module 2 rejected the request: it answered 307' });
  });
});

describe('A next module that answers', () => {
  const before = async (answer: Parameters<typeof nextModule>[0]) =>
    runBefore((await nextModule(answer)).replace(/\/run$/, ''));

  test('that it wants a key is 502 and says what to set.', async () => {
    const { problem } = await before((response) => void response.writeHead(401).end());

    expect(problem).toMatchObject({
      status: 502,
      detail: 'Module 2 requires a key: set the same AGENTO_HOP_KEY on both modules',
    });
  });

  test('without end is 502, and is left.', async () => {
    const left = Promise.withResolvers<void>();
    const { problem } = await before((response) => {
      response.on('close', left.resolve).writeHead(200);
      const piece = `: ${'x'.repeat(1 << 20)}\n\n`;
      const write = () => {
        while (!response.destroyed && response.write(piece));
        response.once('drain', write);
      };
      write();
    });

    await left.promise;
    expect(problem).toMatchObject({ status: 502, detail: 'Module 2 sent more than 8388608 bytes' });
  });

  test.each([400, 503])('a refusal of %i without end is left as well.', async (status) => {
    const left = Promise.withResolvers<void>();
    const { problem } = await before((response) => {
      response.on('close', left.resolve).writeHead(status);
      const write = () => {
        while (!response.destroyed && response.write('x'.repeat(1 << 16)));
        response.once('drain', write);
      };
      write();
    });

    await left.promise;
    expect(problem).toMatchObject({ detail: `Module 2 rejected the request: it answered ${status}` });
  });

  test.each(['run.failed', '500'])(
    'with a problem of megabytes (%s) is passed on in a few kB.',
    async (how) => {
      const long = 'x'.repeat(1_000_000);
      const given = {
        type: long,
        title: long,
        status: 500,
        detail: long,
        instance: long,
        errors: Array.from({ length: 1_000 }, () => ({ pointer: 'p'.repeat(900), detail: 'd'.repeat(900) })),
      };
      const { payload, hop } = await before((response) => {
        if (how === '500') {
          response
            .writeHead(500)
            .end(JSON.stringify({ ...given, title: 't', type: 't', instance: '' }).slice(0, 60_000));
          return;
        }
        const stream = openEventStream(response);
        stream.send('run.failed', JSON.stringify({ problem: given }));
        stream.end();
      });

      expect(payload.length).toBeLessThan(20_000);
      expect(JSON.stringify(hop).length).toBeLessThan(20_000);
    },
  );

  test.each([200, 299, 404, 599, 99_999, -1])('with a problem of status %i is 502.', async (status) => {
    const { problem } = await before((response) => {
      const stream = openEventStream(response);
      stream.send('run.failed', JSON.stringify({ problem: { type: 't', title: 't', status, detail: 'd' } }));
      stream.end();
    });

    expect(problem?.status).toBe(502);
  });

  test.each(['{', '{"problem":null}', 'null', '{"problem":{"type":1}}'])(
    'with an ending that is none (%s) is 502.',
    async (data) => {
      const { problem } = await before((response) => {
        const stream = openEventStream(response);
        stream.send('run.failed', data);
        stream.end();
      });

      expect(problem?.status).toBe(502);
    },
  );
});

const openssl = (folder: string, ...command: string[]) =>
  spawnSync('openssl', command, { cwd: folder, encoding: 'utf8' });
const hasOpenssl = openssl('.', 'version').status === 0;

describe.skipIf(!hasOpenssl)('TLS on the way to the next module (made with openssl)', () => {
  let folder = '';
  const trusted = getCACertificates();
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tls-'));
    writeFileSync(
      join(folder, 'authority'),
      '[ca]\ndefault_ca=it\n[it]\ndatabase=index\nrand_serial=yes\nnew_certs_dir=.\ndefault_md=sha256\npolicy=any\n[any]\ncommonName=supplied\n',
    );
  });
  afterEach(() => setDefaultCACertificates(trusted));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** A server with a certificate of its own, by default for 127.0.0.1 and this century. */
  const atServer = async (
    { names = 'IP:127.0.0.1', until = '20991231235959Z', trust = true },
    work: (url: string) => Promise<void>,
  ) => {
    writeFileSync(join(folder, 'names'), `subjectAltName=${names}\n`);
    writeFileSync(join(folder, 'index'), '');
    for (const command of [
      'req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout key -out request -subj /CN=test',
      `ca -batch -config authority -selfsign -keyfile key -in request -out cert -extfile names -startdate 20200101000000Z -enddate ${until}`,
    ]) {
      const made = openssl(folder, ...command.split(' '));
      expect(made.status, made.stderr).toBe(0);
    }
    const [key, cert] = ['key', 'cert'].map((name) => readFileSync(join(folder, name), 'utf8'));
    if (trust && cert) setDefaultCACertificates([cert]);
    const server = createServer({ key, cert }, (_request, response) => response.end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      await work(`https://127.0.0.1:${(server.address() as AddressInfo).port}`);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  };
  const detailAt = async (url: string) => (await runBefore(url)).problem?.detail;

  test.each([
    [{ trust: false }, 'its certificate is self-signed: add it to NODE_EXTRA_CA_CERTS'],
    [{ until: '20200201000000Z' }, 'its certificate has expired: renew it'],
    [
      { names: 'DNS:other.example' },
      'its certificate is for other names: use one of them in AGENTO_NEXT_URL',
    ],
  ])('that fails for the certificate is named, with what to do: %j.', async (certificate, what) => {
    await atServer(certificate, async (url) => {
      const { problem } = await runBefore(url);
      expect(problem?.status).toBe(502);
      expect(problem?.detail).toMatch(`Module 2 could not be reached at ${url}/run: ${what}. To go on`);
    });
  });

  test('that one of the two does not speak is named.', async () => {
    const plain = await nextModule((response) => void response.end());

    expect(await detailAt(plain.replace('http:', 'https:').replace(/\/run$/, ''))).toContain(
      'it does not speak TLS: use http:// in AGENTO_NEXT_URL',
    );
    await atServer({}, async (url) => {
      expect(await detailAt(url.replace('https:', 'http:'))).toContain('use https:// in AGENTO_NEXT_URL');
    });
  });
});
