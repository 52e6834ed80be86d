import { globSync, readFileSync } from 'node:fs';
import { createRedactor } from './index.ts';

const r = createRedactor({ secrets: ['a loaded secret of the process'] });
const pieces = [
  'a',
  '-',
  '=',
  ':',
  '"',
  '\\',
  '\\"',
  '\n',
  '\\n',
  '%3D',
  '%',
  '\\u0061',
  'ghp_',
  'sk-',
  'eyJ',
  'eyJa.',
  'ghs_1_a.',
  'SG.a.',
  '://',
  '://a:',
  'password',
  'password=',
  'token: "',
  '"token":[',
  '"token":["a",',
  "password='",
  '-----BEGIN ',
  '-----BEGIN PRIVATE KEY-----',
  '-----END PRIVATE KEY-----',
  'Bearer ',
  'Basic ',
  'xoxb-1-',
  'password: ',
  '--token ',
  '<token>',
  'a loaded secret',
  'Cookie: a=',
  'AKIA',
  '\ud800',
  'A',
  'x.',
  '=> ',
  'token\\\\',
  '/',
  '1234567:',
  'token=\\\\a',
  'password: \\\\',
  '%2525',
  '"password":"',
  'ghp_a1\n',
  'a1b2c3d4e5f6g7h8\n',
  'aB1.',
  'sk-a_',
  'Authorization: Digest ',
  "'token\\\\",
  'password=a.b',
  'ops_ey',
  'xoxb-a-',
  'ey.ey',
  '\\\\\\"',
  '"\\u0022',
  '-----BEGIN PRIVATE KEY-----AAAAAAAAAAAAAAAAAAAAAA',
  'aaaaaaaaaaaaaaaa@://',
  '=password',
  'key\n',
  '<password>',
  'password=x;',
  'token=a&',
  '***REDACTED***a1',
  'sig=',
  'hvs.hvs_ghs_1_',
  'A1a~',
  'token ',
  '\r\n ',
  '  ',
  '"token"  ',
  '\\r',
  'n\\',
];
for (const p of pieces) {
  const t = p.repeat(Math.ceil(1e6 / p.length));
  const t0 = performance.now();
  const o = r.text(t);
  const d = performance.now() - t0;
  if (d > 150) console.log(JSON.stringify(p), d.toFixed(0), 'ms', o.count);
}
// two-piece mixes
const worst: [number, string][] = [];
for (let i = 0; i < 250; i++) {
  const k = [0, 1, 2].map(() => pieces[(Math.random() * pieces.length) | 0]).join('');
  const t = k.repeat(Math.ceil(2e5 / k.length));
  const t0 = performance.now();
  r.text(t);
  worst.push([performance.now() - t0, k]);
}
worst.sort((a, b) => b[0] - a[0]);
console.log(
  worst
    .slice(0, 8)
    .map(([d, k]) => d.toFixed(0) + ' ' + JSON.stringify(k))
    .join('\n'),
);
if (process.argv[2]) {
  let bytes = 0,
    n = 0;
  for (const g of process.argv.slice(2))
    for (const f of globSync(g)) {
      let t;
      try {
        t = readFileSync(f, 'utf8');
      } catch {
        continue;
      }
      if (t.length > 400000) continue;
      bytes += t.length;
      n++;
      const lines = t.split('\n');
      for (const l of lines) {
        if (l.length > 3000) continue;
        const o = r.text(l);
        if (o.count)
          console.log(
            'FP',
            o.rules.join(','),
            '|',
            f.slice(-40),
            '|',
            l.trim().slice(0, 110),
            '→',
            o.text.trim().slice(0, 110),
          );
      }
    }
  console.log(n, bytes);
}
