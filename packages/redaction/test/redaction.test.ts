import { describe, expect, test } from 'vitest';
import { createRedactor } from '../src/index.ts';
import { alnum, base64, from, kinds, mixed, places, remains, seed } from '../src/testing.ts';

describe('credentials that are known by their look', () => {
  const redactor = createRedactor({ secrets: [] });

  test.each(Object.entries(kinds))('%s does not survive anywhere', (_name, make) => {
    for (const [place, plant] of Object.entries(places)) {
      const secret = make();
      const text = plant(secret);
      const redacted = redactor.text(text);
      const said = `seed ${seed}, ${place}: ${text}\n → ${redacted.text}`;
      expect(
        remains(redacted.text, secret.replace('https://hooks.slack.com/services/', '')),
        said,
      ).toBeUndefined();
      expect(redacted.count, said).toBeGreaterThan(0);
      expect(redacted.rules.length, said).toBeGreaterThan(0);
      expect(redactor.text(redacted.text), said).toEqual({ text: redacted.text, count: 0, rules: [] });
      if (/^[{[]/.test(text)) expect(() => JSON.parse(redacted.text), said).not.toThrow();
    }
  });
});

test('a secret is found whole beside another that begins alike, and with line breaks of another kind', () => {
  const one = 'qqqZkR7vLw2mPx9TyB4nQs6HdF1tailAAAA8812hh';
  const other = 'auth qqqZkR7vLw2mPx9TyB4nQs6HdF1otherBBBB77';
  const lines = 'line one of secret 77AB\nline two zz9913\nend-x81';
  const { text } = createRedactor({ secrets: [one, other, lines] });
  const forms = [lines.replaceAll('\n', '\r\n'), lines, lines.replaceAll('\n', '\\n')];
  expect(text(`auth ${one} | ${other} | ${forms.join(' | ')}`).text).toBe(
    Array(5).fill('***REDACTED***').join(' | '),
  );
});

test('what is an escape to a JSON pointer may be part of a secret in JSON', () => {
  const { text } = createRedactor({ secrets: [] });
  expect(text('{"note":"ywo8Q~1tzG94fbFguwZR\\u0068y0AeNXDOPJfyVJvUr70"}').text).toBe(
    '{"note":"***REDACTED***"}',
  );
});

describe('secrets known by where they stand', () => {
  const redactor = createRedactor({ secrets: [] });
  const marker = '***REDACTED***';

  test.each([
    ['{"password":"p\\"w\\\\","b":"c"}', `{"password":"${marker}","b":"c"}`],
    [
      '{"a":"{\\"apiKey\\": \\"x\\\\\\"y\\", \\"b\\": 1}"}',
      `{"a":"{\\"apiKey\\": \\"${marker}\\", \\"b\\": 1}"}`,
    ],
    ['{"set-cookie": ["a=b", "c=d"], "n": 1}', `{"set-cookie": ["${marker}", "${marker}"], "n": 1}`],
    [
      '{"password":{"a":"tea","b":[1,"cake",{"c":"milk","n":true}]},"d":"tea"}',
      `{"password":{"a":"${marker}","b":[1,"${marker}",{"c":"${marker}","n":true}]},"d":"tea"}`,
    ],
    ['{"authorization":[["Basic tea"],null],"n":"tea"}', `{"authorization":[["${marker}"],null],"n":"tea"}`],
    [
      JSON.stringify({ body: JSON.stringify({ token: { v: 'tea' }, w: ['tea'] }, null, 2) }),
      JSON.stringify({ body: JSON.stringify({ token: { v: marker }, w: ['tea'] }, null, 2) }),
    ],
    ['{"password": {"a": "tea", "b": ["cak', `{"password": {"a": "${marker}", "b": ["${marker}`],
    ['{"password"\n:\n{\n"a":\n"tea"}}', `{"password"\n:\n{\n"a":\n"${marker}"}}`],
    [
      'q=%7B%22password%22%3A%7B%22a%22%3A%22tea%22%7D%7D',
      `q=%7B%22password%22%3A%7B%22a%22%3A%22${marker}%22%7D%7D`,
    ],
    [
      "{'password': {'a': b'tea', 'at': date(2026, 1, 2)}, 'c': 'd'}",
      `{'password': {'a': b'${marker}', 'at': date(2026, 1, 2)}, 'c': 'd'}`,
    ],
    ["password = b'tea'", `password = b'${marker}'`],
    [
      "{ password: Map(1) { 'a' => 'tea' }, n: 'tea' }",
      `{ password: Map(1) { 'a' => '${marker}' }, n: 'tea' }`,
    ],
    ["{password: 'swordfish', user: 'ann'}", `{password: '${marker}', user: 'ann'}`],
    ['DB_PASSWORD=ab;c&d(e\nX=1', `DB_PASSWORD=${marker}\nX=1`],
    ['{"env":"A=1\\nDB_PASSWORD=hunter\\nX=1"}', `{"env":"A=1\\nDB_PASSWORD=${marker}\\nX=1"}`],
    ['export CLIENT_SECRET="correct horse"', `export CLIENT_SECRET="${marker}"`],
    ['db:\n  password: swordfish\n  user: ann', `db:\n  password: ${marker}\n  user: ann`],
    ['GET /a?token=abcdefgh&page=2', `GET /a?token=${marker}&page=2`],
    ['q=%7B%22api_key%22%3A%22abcdefgh%22%7D', `q=%7B%22api_key%22%3A%22${marker}%22%7D`],
    ['Authorization: Basic dXNlcjpwYXNz\nA: b', `Authorization: Basic ${marker}\nA: b`],
    ['sent with Basic dXNlcjpwYXNz today', `sent with Basic ${marker} today`],
    ['sent with bearer abcdefgh12345 today', `sent with bearer ${marker} today`],
    [
      'Authorization: AWS4-HMAC-SHA256 Credential=A/b, Signature=c',
      `Authorization: AWS4-HMAC-SHA256 ${marker}`,
    ],
    ['Cookie: sid=zzz; lang=en\r\nA: b', `Cookie: ${marker}\r\nA: b`],
    ['X-Api-Key: swordfish\nA: b', `X-Api-Key: ${marker}\nA: b`],
    ['postgres://ann:p4ss@db:5432/x', `postgres://ann:${marker}@db:5432/x`],
    ['{"url":"https:\\/\\/ann:p4ss@example.org\\/"}', `{"url":"https:\\/\\/ann:${marker}@example.org\\/"}`],
    ['/postgres:~1~1ann:p4ss@db~1x is not known', `/postgres:~1~1ann:${marker}@db~1x is not known`],
    ['https%3A%2F%2Fann%3Ap4ss%40example.org', `https%3A%2F%2Fann%3A${marker}%40example.org`],
    [
      'Server=db;User Id=sa;Password=swordfish;Timeout=5',
      `Server=db;User Id=sa;Password=${marker};Timeout=5`,
    ],
    ["CREATE USER ann IDENTIFIED BY 'swordfish';", `CREATE USER ann IDENTIFIED BY '${marker}';`],
    ["ALTER ROLE ann PASSWORD 'swordfish';", `ALTER ROLE ann PASSWORD '${marker}';`],
    ['login --password swordfish --verbose', `login --password ${marker} --verbose`],
    ['<a><password>swordfish</password></a>', `<a><password>${marker}</password></a>`],
    ['{"\\u0070assword":"swordfish"}', `{"\\u0070assword":"${marker}"}`],
  ])('%s', (text, expected) => {
    expect(redactor.text(text).text).toBe(expected);
  });

  /** A list of environment variables, as Kubernetes, ECS and Compose have it. */
  const env = (secret: string) => [
    { name: 'USER', value: 'ann' },
    { name: 'DB_PASSWORD', value: secret },
    { name: 'TOKEN_BUDGET', value: 'tea' },
  ];
  const har = (secret: string) => ({
    headers: [
      { name: 'Accept', value: '*/*' },
      { name: 'Authorization', value: secret },
    ],
  });

  test.each([
    ...[env, har].flatMap((list) =>
      [0, 2].flatMap((indent) => {
        const [given, shown] = [list('correct "horse"'), list(marker)];
        const once = [given, shown].map((part) => JSON.stringify(part, null, indent));
        const twice = once.map((body) => JSON.stringify({ body }, null, indent));
        return [once, twice, twice.map((body) => JSON.stringify({ body }, null, indent))];
      }),
    ),
    [
      `q=${encodeURIComponent(JSON.stringify(env('tea')))}`,
      `q=${encodeURIComponent(JSON.stringify(env('tea'))).replace('DB_PASSWORD%22%2C%22value%22%3A%22tea', `DB_PASSWORD%22%2C%22value%22%3A%22${marker}`)}`,
    ],
    ['{"value":"tea","name":"API_KEY","id":"7"}', `{"value":"${marker}","name":"API_KEY","id":"7"}`],
    [
      '{"name":"API key","of":{"a":[1,"x"]},"sensitive":true,"value":"tea"}',
      `{"name":"API key","of":{"a":[1,"x"]},"sensitive":true,"value":"${marker}"}`,
    ],
    [
      '{"key":"http.request.header.cookie","value":{"arrayValue":{"values":[{"stringValue":"tea"}]}}}',
      `{"key":"http.request.header.cookie","value":{"arrayValue":{"values":[{"stringValue":"${marker}"}]}}}`,
    ],
    [
      '{"ParameterKey":"DBPassword","ParameterValue":"tea"}',
      `{"ParameterKey":"DBPassword","ParameterValue":"${marker}"}`,
    ],
    [
      '{"op":"replace","path":"/user/password","value":"tea"}',
      `{"op":"replace","path":"/user/password","value":"${marker}"}`,
    ],
    ['[{"name":"DB_PASSWORD","value":"te', `[{"name":"DB_PASSWORD","value":"${marker}`],
    ["{'name': 'DB_PASSWORD', 'value': 'tea'}", `{'name': 'DB_PASSWORD', 'value': '${marker}'}`],
    ["{ name: 'DB_PASSWORD', value: 'tea' }", `{ name: 'DB_PASSWORD', value: '${marker}' }`],
    ['{"name":"user[password]","value":"tea"}', `{"name":"user[password]","value":"${marker}"}`],
    ['{"name":"Password *","value":"tea"}', `{"name":"Password *","value":"${marker}"}`],
    [
      '{"field":"password","old_value":null,"new_value":"tea","old_val":"cake"},{"name":"a","value":"tea"}',
      `{"field":"password","old_value":null,"new_value":"${marker}","old_val":"${marker}"},{"name":"a","value":"tea"}`,
    ],
    ["[(b'host', b'a'), (b'cookie', b'a=b')]", `[(b'host', b'a'), (b'cookie', b'${marker}')]`],
    ['- name: Client secret\n  value: tea\n', `- name: Client secret\n  value: ${marker}\n`],
    [
      '- name: DB_PASSWORD # of the db\n\n  # the value\n  value: tea\n',
      `- name: DB_PASSWORD # of the db\n\n  # the value\n  value: ${marker}\n`,
    ],
    [
      '<property name="password">\n  <value>tea</value>\n</property>',
      `<property name="password">\n  <value>${marker}</value>\n</property>`,
    ],
    ['<Property Name="Password">tea</Property>', `<Property Name="Password">${marker}</Property>`],
    [
      '<member><name>password</name><value><string>tea</string></value></member>',
      `<member><name>password</name><value><string>${marker}</string></value></member>`,
    ],
    [
      '<ParameterKey>DB password</ParameterKey><ParameterValue>tea</ParameterValue>',
      `<ParameterKey>DB password</ParameterKey><ParameterValue>${marker}</ParameterValue>`,
    ],
    ['{"name":"Password","value":"correct horse"}', `{"name":"Password","value":"${marker}"}`],
    ['{"name":"DB_TOKEN","value":"correct horse"}', `{"name":"DB_TOKEN","value":"${marker}"}`],
    ['{"name":"Authorization","value":"Bearer tea"}', `{"name":"Authorization","value":"${marker}"}`],
    ['{"name":"Access token","value":"see 17a8fe09"}', `{"name":"Access token","value":"${marker}"}`],
    ['{:name=>"DB_PASSWORD", :value=>"tea"}', `{:name=>"DB_PASSWORD", :value=>"${marker}"}`],
    [
      '["Host","a","authorization","Bearer tea","Cookie","a=b"]',
      `["Host","a","authorization","${marker}","Cookie","${marker}"]`,
    ],
    ['[["user","ann"],["password","hunter2"]]', `[["user","ann"],["password","${marker}"]]`],
    ["[('X-Api-Key', 'a1b2c3d4')]", `[('X-Api-Key', '${marker}')]`],
    [
      'env:\n  - name: DB_PASSWORD\n    value: correct horse # of the cash desk\n  - name: A\n    value: tea\n',
      `env:\n  - name: DB_PASSWORD\n    value: ${marker} # of the cash desk\n  - name: A\n    value: tea\n`,
    ],
    [
      '- name: "DB_PASSWORD"\n  why: x y\n  value: "tea"\n- name: b\n',
      `- name: "DB_PASSWORD"\n  why: x y\n  value: "${marker}"\n- name: b\n`,
    ],
    [
      '- name: DB_PASSWORD\n  value: |\n    tea\n    cake\n- name: b\n',
      `- name: DB_PASSWORD\n  value: |\n    ${marker}\n- name: b\n`,
    ],
    ['- {name: DB_PASSWORD, value: tea}', `- {name: DB_PASSWORD, value: ${marker}}`],
    [
      JSON.stringify({ a: JSON.stringify({ b: '- name: DB_PASSWORD\n  value: correct horse\n- c: tea' }) }),
      JSON.stringify({ a: JSON.stringify({ b: `- name: DB_PASSWORD\n  value: ${marker}\n- c: tea` }) }),
    ],
    ['<add key="DbPassword" value="tea"/>', `<add key="DbPassword" value="${marker}"/>`],
    ['<input value="tea" name="password">', `<input value="${marker}" name="password">`],
    [
      '<property name="db.password">correct horse</property>',
      `<property name="db.password">${marker}</property>`,
    ],
    [
      '<name>DB_PASSWORD</name>\n<value>tea</value>\n<name>user</name><value>ann</value>',
      `<name>DB_PASSWORD</name>\n<value>${marker}</value>\n<name>user</name><value>ann</value>`,
    ],
    [
      '--b\r\nContent-Disposition: form-data; name="password"\r\n\r\ntea\ncake\r\n--b--',
      `--b\r\nContent-Disposition: form-data; name="password"\r\n\r\n${marker}\r\n--b--`,
    ],
  ] as [string, string][])('a value beside its name: %s', (text, expected) => {
    expect(redactor.text(text).text).toBe(expected);
    expect(redactor.text(expected)).toEqual({ text: expected, count: 0, rules: [] });
    expect(redactor.text(JSON.stringify({ text })).text).toBe(JSON.stringify({ text: expected }));
  });

  test.each([
    ['<p:password type="a">correct horse</p:password>', `<p:password type="a">${marker}</p:password>`],
    ['<password>\n  tea\n</password>', `<password>\n  ${marker}\n</password>`],
    ['<password><![CDATA[t<e]]></password>', `<password><![CDATA[${marker}]]></password>`],
    ['a:\n  password: |\n    t"e\n\n    a\n  user: ann\n', `a:\n  password: |\n    ${marker}\n  user: ann\n`],
    [
      '- api_key: | # of the desk\n    tea\n  user: ann',
      `- api_key: | # of the desk\n    ${marker}\n  user: ann`,
    ],
    ['["password"]=>\n  string(3) "tea"', `["password"]=>\n  string(3) "${marker}"`],
    ['- api_key: >-\n    tea\n  user: ann', `- api_key: >-\n    ${marker}\n  user: ann`],
    ["password = '''\ntea\n'''\nuser = 1", `password = '''\n${marker}\n'''\nuser = 1`],
    ['user[name]=ann&user[password]=tea&a=b', `user[name]=ann&user[password]=${marker}&a=b`],
    ['api_keys[]=tea&api_keys[1]=cake', `api_keys[]=${marker}&api_keys[1]=${marker}`],
    ['user%5Bpassword%5D=tea', `user%5Bpassword%5D=${marker}`],
    [
      '(\n    [user] => ann\n    [password] => correct horse\n)',
      `(\n    [user] => ann\n    [password] => ${marker}\n)`,
    ],
  ])('an element, a block, a field: %s', (text, expected) => {
    expect(redactor.text(text).text).toBe(expected);
    expect(redactor.text(expected)).toEqual({ text: expected, count: 0, rules: [] });
    expect(redactor.text(JSON.stringify({ text })).text).toBe(JSON.stringify({ text: expected }));
  });

  test('secrets between the two lines that begin and end a key are found where no key is', () => {
    const text =
      '["-----BEGIN PRIVATE KEY-----",{"password":"tea","token":"cake"},"-----END PRIVATE KEY-----"]';
    expect(redactor.text(text).text).toBe(text.replace(/tea|cake/g, marker));
  });

  test('tags are read where JSON has them escaped', () => {
    const text = '{"a":"\\u003cpassword\\u003ecorrect horse\\u003c/password\\u003e"}';
    expect(redactor.text(text).text).toBe(text.replace('correct horse', marker));
  });

  test('what is no name does not keep the text of an option from its end', () => {
    const text = JSON.stringify({ b: JSON.stringify({ a: '--token ', c: 'tea' }) });
    expect(redactor.text(text).text).toBe(text);
  });

  test('a private key goes as a whole, on lines of its own, escaped, indented, cut short or as a list', () => {
    const lines = Array.from({ length: 6 }, () => from(base64, 64));
    for (const label of ['PRIVATE KEY', 'RSA PRIVATE KEY', 'OPENSSH PRIVATE KEY', 'ENCRYPTED PRIVATE KEY']) {
      const whole = [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`];
      const pem = whole.join('\n');
      const texts: [string, string][] = [
        [`key:\n${pem}\nrest`, `key:\n${marker}\nrest`],
        [`key: |\n  ${whole.join('\r\n  ')}\r\nrest`, `key: |\n  ${marker}\r\nrest`],
        [JSON.stringify({ a: pem }), `{"a":"${marker}"}`],
        [
          JSON.stringify({ a: JSON.stringify({ b: pem, c: 1 }) }),
          `{"a":"{\\"b\\":\\"${marker}\\",\\"c\\":1}"}`,
        ],
        [`${pem.slice(0, 260)}`, marker],
      ];
      for (const [text, expected] of texts) expect(redactor.text(text).text, `seed ${seed}`).toBe(expected);
      const list = redactor.text(JSON.stringify(whole)).text;
      expect(JSON.parse(list), `seed ${seed}`).toEqual([whole[0], ...lines.map(() => marker), whole.at(-1)]);
    }
  });
});

describe('the secrets the process has loaded', () => {
  const secrets = [mixed(`${alnum} !"#$%&'()*+,-./:;<=>?@[\\]^_{|}~`, 40), mixed(alnum, 8), 'seven77'];
  const redactor = createRedactor({ secrets });

  test.each(secrets.slice(0, 2))('%j is found in every form', (secret) => {
    const forms = [
      secret,
      JSON.stringify(secret),
      JSON.stringify(JSON.stringify({ a: secret })),
      encodeURIComponent(secret),
      encodeURIComponent(encodeURIComponent(secret)),
      ...['', 'a', 'ab', 'user:'].flatMap((before) => {
        const bytes = Buffer.from(`${before}${secret} after`);
        return [bytes.toString('base64'), bytes.toString('base64url')];
      }),
      `${secret.slice(0, 4)}\n${secret.slice(4)}`,
      JSON.stringify(`${secret.slice(0, 5)}\r\n  ${secret.slice(5)}`),
      `"${[...secret].map((char) => `\\u00${char.charCodeAt(0).toString(16)}`).join('')}"`,
    ];
    for (const form of forms) {
      const redacted = redactor.text(`before ${form} after`);
      expect(redacted, `seed ${seed}: ${form} → ${redacted.text}`).toMatchObject({
        count: 1,
        rules: ['loaded-secret'],
      });
    }
  });

  test('a blank of its own behind a line break is no indentation', () => {
    const { text } = createRedactor({ secrets: ["Jl%v )';p(x03%8"] });
    for (const form of ["Jl%v\n )';p(x03%8", "Jl%v\n   )';p(x03%8", "Jl%v )';p(x03%8".replace('0', '\n\t0')])
      expect(text(`before ${form} after`).text).toBe(`before ***REDACTED*** after`);
  });

  test.each([
    ['at every character', 'mk7Q-domain-Hx92', (secret: string) => [...secret].join('\n  ')],
    ['escaped behind its own backslash', 'domain\\Hx92kQ7m', () => 'domain\\\\\\nHx92kQ7m'],
    ['escaped before its own backslash', 'domain\\Hx92kQ7m', () => 'domain\\n\\\\Hx92kQ7m'],
    [
      'far behind its first 24 characters',
      from(alnum, 200),
      (secret: string) => secret.replace(/.{76}/g, '$&\r\n'),
    ],
  ])('one with line breaks %s is found whole', (_where, secret, broken) => {
    const { text } = createRedactor({ secrets: [secret] });
    expect(text(`before ${broken(secret)} after`).text).toBe('before ***REDACTED*** after');
  });

  test('a long text is read once, however often it is asked about', () => {
    const long = `${'The café opens on Saturdays. '.repeat(12_000)} ${secrets[0]} password=hunter2hunter2`;
    const read = redactor.text(long);
    expect(read).toMatchObject({ count: 2 });
    expect(redactor.text(`${long}`)).toBe(read);
    expect(createRedactor({ secrets }).text(long)).toEqual(read);
  });

  test('one of fewer than eight characters is not looked for', () => {
    expect(redactor.text('lucky seven77').text).toBe('lucky seven77');
  });
});

describe('attributes and values', () => {
  const redactor = createRedactor({ secrets: [] });
  const marker = '***REDACTED***';

  test.each([
    'password',
    'db.passwd',
    'api_key',
    'apiKey',
    'x-api-key',
    'authorization',
    'http.request.header.set-cookie',
    'client_secret',
    'clientSecret',
    'access_token',
    'token',
    'sessionToken',
    'private_key',
    'credentials',
    'COOKIE',
  ])('a string under %s goes as a whole', (key) => {
    expect(redactor.attribute(key, 'tea')).toEqual({ value: marker, count: 1, rules: ['secret-key'] });
    expect(redactor.attribute(key, ['tea', 'cake'])).toEqual({
      value: [marker, marker],
      count: 2,
      rules: ['secret-key'],
    });
    expect(redactor.attribute(key, 7)).toEqual({ value: 7, count: 0, rules: [] });
    expect(redactor.attribute(key, true)).toEqual({ value: true, count: 0, rules: [] });
    expect(redactor.attribute(key, '')).toEqual({ value: '', count: 0, rules: [] });
  });

  test.each([
    'gen_ai.usage.input_tokens',
    'max_tokens',
    'token_count',
    'gen_ai.token.type',
    'prompt_sha256',
    'session_id',
    'agento.prompt.sha256',
    'secretary',
    'tokenizer',
    'keyboard',
    'next_page_token',
    'author',
    'user.goal',
  ])('a string under %s stays', (key) => {
    expect(redactor.attribute(key, 'tea')).toEqual({ value: 'tea', count: 0, rules: [] });
  });

  test('everything below the key of a secret goes, but for numbers and booleans', () => {
    const order = {
      password: { a: 'tea', n: [1, ['cake', { b: 'tea', ok: true }]] },
      token_usage: { a: 'tea' },
    };
    const shown = {
      password: { a: marker, n: [1, [marker, { b: marker, ok: true }]] },
      token_usage: { a: 'tea' },
    };
    expect(redactor.value(order)).toEqual({ value: shown, count: 3, rules: ['secret-key'] });
    expect(redactor.attribute('order', order).value).toEqual(shown);
    expect(redactor.attribute('password', order.password).value).toEqual(shown.password);
    expect(JSON.parse(redactor.text(JSON.stringify(order)).text)).toEqual(shown);
  });

  test('the value beside the name of a secret goes, and all below it', () => {
    const given = {
      env: [
        { value: 'tea', name: 'DB_PASSWORD', n: 1 },
        { key: 'Client secret', value: { a: ['tea'], n: 7 } },
        { name: 'Secret ingredient', value: 'tea' },
        { name: 'Authorization', value: 'by the board' },
        { name: 'password', type: 'string', title: 'tea' },
        { name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } },
      ],
      raw: ['Host', 'a', 'authorization', 'Bearer tea'],
      pairs: [
        ['user', 'ann'],
        ['password', 'hunter2'],
      ],
      required: ['password', 'firstName'],
    };
    const shown = structuredClone(given);
    Object.assign(shown.env[0] ?? {}, { value: marker });
    Object.assign(shown.env[1] ?? {}, { value: { a: [marker], n: 7 } });
    shown.raw[3] = marker;
    shown.pairs[1] = ['password', marker];
    expect(redactor.value(given)).toEqual({ value: shown, count: 4, rules: ['secret-key'] });
    expect(redactor.attribute('given', given).value).toEqual(shown);
    expect(JSON.parse(redactor.text(JSON.stringify(given)).text)).toEqual(shown);
  });

  test('a name that held a secret is no name of one, before and after it was redacted', () => {
    const { value } = redactor.value([{ name: 'password=hunter2x-name', value: 'tea' }]);
    expect(value).toEqual([{ name: `password=${marker}`, value: 'tea' }]);
    expect(redactor.value(value)).toEqual({ value, count: 0, rules: [] });
  });

  test('bytes are read as texts, and keep every byte that is no part of a secret', () => {
    const binary = [0xff, 0x00, 0xe9, 0x80];
    const given = [...binary, ...Buffer.from('password=hunter2x\n'), ...binary];
    const shown = [...binary, ...Buffer.from(`password=${marker}\n`), ...binary];
    expect(redactor.attribute('body', Uint8Array.from(given)).value).toEqual(Uint8Array.from(shown));
    const known = createRedactor({ secrets: ['Käse-und-Brot-7'] });
    expect(known.attribute('body', Buffer.from('ä Käse-und-Brot-7 ß')).value).toEqual(
      new Uint8Array(Buffer.from(`ä ${marker} ß`)),
    );
    expect(redactor.attribute('password', Uint8Array.from(binary)).value).toEqual(
      new Uint8Array(Buffer.from(marker)),
    );
    const plain = Uint8Array.from(binary);
    expect(redactor.attribute('body', plain)).toEqual({ value: plain, count: 0, rules: [] });
  });

  test('what cannot be read is replaced and counted: too deep, within itself, or throwing', () => {
    let deep: unknown = 'password=hunter2x';
    for (let depth = 0; depth < 300; depth++) deep = { a: deep };
    expect(JSON.stringify(redactor.attribute('deep', deep))).toContain('"count":1,"rules":["unread"]');
    const round: Record<string, unknown> = { password: 'tea' };
    Object.assign(round, { one: round, two: [round, round] });
    expect(redactor.attribute('round', round)).toEqual({
      value: { password: marker, one: marker, two: [marker, marker] },
      count: 4,
      rules: ['secret-key', 'unread'],
    });
    const throwing = {
      get a() {
        throw new Error('no');
      },
    };
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(redactor.value([throwing, proxy, 'tea']).value).toEqual([marker, marker, 'tea']);
  });

  test('of a key of any length the end is judged', () => {
    expect(redactor.attribute(`${'a.'.repeat(200)}password`, 'tea').value).toBe(marker);
  });

  test('a word of megabytes, which no regular expression takes, goes alone', () => {
    const word = `sk-${'a1'.repeat(4_000_000)}`;
    expect(redactor.text(`key ${word}`).text).not.toContain('a1a1');
    const { text } = redactor.text(JSON.stringify({ word, note: 'tea' }));
    expect(JSON.parse(text)).toEqual({ word: marker, note: 'tea' });
  });

  test('a value is copied without its secrets, whatever their depth', () => {
    const original = {
      a: [{ password: 'tea', tokens: 3 }],
      url: 'http://ann:p4ss@example.org',
      n: null,
      ok: true,
    };
    const copy = redactor.value(original);
    expect(copy).toEqual({
      value: {
        a: [{ password: marker, tokens: 3 }],
        url: `http://ann:${marker}@example.org`,
        n: null,
        ok: true,
      },
      count: 2,
      rules: ['secret-key', 'url-password'],
    });
    expect(original.a[0]?.password).toBe('tea');
  });
});
