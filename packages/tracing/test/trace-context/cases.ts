/** The cases of the W3C's Trace Context test suite as data; its source and licence stand in README.md. */
export interface TraceContextCase {
  /** As in the suite. */
  name: string;
  requests: TraceContextRequest[];
}

export interface TraceContextRequest {
  /** In the order they are sent; a name can stand there twice. */
  headers: [name: string, value: string][];
  /** True: the calls the service makes are in the trace that was sent; false: in one of its own. */
  continued: boolean;
  /** The `tracestate` of each call; null: none. */
  state: string | null;
  /** How many calls the service is told to make; 1 if absent. */
  calls?: number;
  /** The random flag must be set. */
  random?: true;
}

export const sentTrace = '12345678901234567890123456789012';
const parent = '1234567890123456';
const sampled = `00-${sentTrace}-${parent}-01`;
const unsampled = `00-${sentTrace}-${parent}-00`;

/** The requests of a case that send one traceparent each. */
function parents(continued: boolean, ...values: string[]): TraceContextRequest[] {
  return values.map((value) => ({ headers: [['traceparent', value]], continued, state: null }));
}

/** A request with a valid traceparent and these headers `tracestate`. */
function states(state: string | null, ...values: string[]): TraceContextRequest {
  return namedStates(state, 'tracestate', ...values);
}

function namedStates(state: string | null, name: string, ...values: string[]): TraceContextRequest {
  const headers = values.map((value): [string, string] => [name, value]);
  return { headers: [['traceparent', unsampled], ...headers], continued: true, state };
}

/** `bar01=01` to `bar32=32`, say. */
function bars(first: number, last: number): string {
  const numbers = Array.from({ length: last - first + 1 }, (_, index) => `${first + index}`.padStart(2, '0'));
  return numbers.map((number) => `bar${number}=${number}`).join(',');
}

const everyKeyCharacter = 'abcdefghijklmnopqrstuvwxyz0123456789_-*/';
const everyValueCharacter = Array.from({ length: 0x7f - 0x20 }, (_, index) =>
  String.fromCharCode(0x20 + index),
)
  .filter((character) => character !== ',' && character !== '=')
  .join('');
const allCharacters = `${everyKeyCharacter}=${everyValueCharacter}`;
const allCharactersOfTenant = `${everyKeyCharacter}@a-z0-9_-*/=${everyValueCharacter}`;

/** Two headers: a member, and one with that key. */
function withKey(key: string): string[] {
  return ['foo=1', `${key}=1`];
}

export const cases: TraceContextCase[] = [
  {
    name: 'both_traceparent_and_tracestate_missing',
    requests: [{ headers: [], continued: false, state: null }],
  },
  { name: 'traceparent_included_tracestate_missing', requests: parents(true, sampled) },
  {
    name: 'traceparent_duplicated',
    requests: [
      {
        headers: [
          ['traceparent', `00-12345678901234567890123456789011-${parent}-01`],
          ['traceparent', sampled],
        ],
        continued: false,
        state: null,
      },
    ],
  },
  {
    name: 'traceparent_header_name',
    requests: ['trace-parent', 'trace.parent'].map((name) => ({
      headers: [[name, sampled]],
      continued: false,
      state: null,
    })),
  },
  {
    name: 'traceparent_header_name_valid_casing',
    requests: ['TraceParent', 'TrAcEpArEnT', 'TRACEPARENT'].map((name) => ({
      headers: [[name, sampled]],
      continued: true,
      state: null,
    })),
  },
  {
    name: 'traceparent_version_0x00',
    requests: parents(false, `${sampled}.`, `${sampled}-what-the-future-will-be-like`),
  },
  {
    name: 'traceparent_version_0xcc',
    requests: [
      ...parents(
        true,
        `cc-${sentTrace}-${parent}-01`,
        `cc-${sentTrace}-${parent}-01-what-the-future-will-be-like`,
      ),
      ...parents(false, `cc-${sentTrace}-${parent}-01.what-the-future-will-be-like`),
    ],
  },
  { name: 'traceparent_version_0xff', requests: parents(false, `ff-${sentTrace}-${parent}-01`) },
  {
    name: 'traceparent_version_illegal_characters',
    requests: parents(false, `.0-${sentTrace}-${parent}-01`, `0.-${sentTrace}-${parent}-01`),
  },
  {
    name: 'traceparent_version_too_long',
    requests: parents(false, `000-${sentTrace}-${parent}-01`, `0000-${sentTrace}-${parent}-01`),
  },
  { name: 'traceparent_version_too_short', requests: parents(false, `0-${sentTrace}-${parent}-01`) },
  { name: 'traceparent_trace_id_all_zero', requests: parents(false, `00-${'0'.repeat(32)}-${parent}-01`) },
  {
    name: 'traceparent_trace_id_illegal_characters',
    requests: parents(
      false,
      `00-.2345678901234567890123456789012-${parent}-01`,
      `00-1234567890123456789012345678901.-${parent}-01`,
    ),
  },
  { name: 'traceparent_trace_id_too_long', requests: parents(false, `00-${sentTrace}3-${parent}-01`) },
  {
    name: 'traceparent_trace_id_too_short',
    requests: parents(false, `00-${sentTrace.slice(0, -1)}-${parent}-01`),
  },
  {
    name: 'traceparent_parent_id_all_zero',
    requests: parents(false, `00-${sentTrace}-${'0'.repeat(16)}-01`),
  },
  {
    name: 'traceparent_parent_id_illegal_characters',
    requests: parents(false, `00-${sentTrace}-.234567890123456-01`, `00-${sentTrace}-123456789012345.-01`),
  },
  { name: 'traceparent_parent_id_too_long', requests: parents(false, `00-${sentTrace}-${parent}7-01`) },
  {
    name: 'traceparent_parent_id_too_short',
    requests: parents(false, `00-${sentTrace}-${parent.slice(0, -1)}-01`),
  },
  {
    name: 'traceparent_trace_flags_illegal_characters',
    requests: parents(false, `00-${sentTrace}-${parent}-.0`, `00-${sentTrace}-${parent}-0.`),
  },
  { name: 'traceparent_trace_flags_too_long', requests: parents(false, `00-${sentTrace}-${parent}-001`) },
  { name: 'traceparent_trace_flags_too_short', requests: parents(false, `00-${sentTrace}-${parent}-1`) },
  {
    name: 'traceparent_ows_handling',
    requests: parents(true, ` ${sampled}`, `\t${sampled}`, `${sampled} `, `${sampled}\t`, `\t ${sampled} \t`),
  },
  {
    name: 'tracestate_included_traceparent_missing',
    requests: ['foo=1', 'foo=1,bar=2'].map((state) => ({
      headers: [['tracestate', state]],
      continued: false,
      state: null,
    })),
  },
  { name: 'tracestate_included_traceparent_included', requests: [states('foo=1,bar=2', 'foo=1,bar=2')] },
  {
    name: 'tracestate_header_name',
    requests: [namedStates(null, 'trace-state', 'foo=1'), namedStates(null, 'trace.state', 'foo=1')],
  },
  {
    name: 'tracestate_header_name_valid_casing',
    requests: ['TraceState', 'TrAcEsTaTe', 'TRACESTATE'].map((name) => namedStates('foo=1', name, 'foo=1')),
  },
  {
    name: 'tracestate_empty_header',
    requests: [states(null, ''), states('foo=1', 'foo=1', ''), states('foo=1', '', 'foo=1')],
  },
  {
    name: 'tracestate_multiple_headers_different_keys',
    requests: [states('foo=1,bar=2,rojo=1,congo=2,baz=3', 'foo=1,bar=2', 'rojo=1,congo=2', 'baz=3')],
  },
  {
    name: 'tracestate_duplicated_keys',
    requests: [
      states('foo=1', 'foo=1,foo=1'),
      states('foo=1', 'foo=1,foo=2'),
      states('foo=1', 'foo=1', 'foo=1'),
      states('foo=1', 'foo=1', 'foo=2'),
    ],
  },
  {
    name: 'tracestate_all_allowed_characters',
    requests: [states(allCharacters, allCharacters), states(allCharactersOfTenant, allCharactersOfTenant)],
  },
  {
    name: 'tracestate_ows_handling',
    requests: [
      states('foo=1,bar=2,baz=3', 'foo=1 \t , \t bar=2, \t baz=3'),
      states('foo=1,bar=2,baz=3', 'foo=1\t \t,\t \tbar=2,\t \tbaz=3'),
      ...[' foo=1', '\tfoo=1', 'foo=1 ', 'foo=1\t', '\t foo=1 \t'].map((value) => states('foo=1', value)),
    ],
  },
  {
    name: 'tracestate_key_illegal_characters',
    requests: [states(null, 'foo =1'), states(null, 'FOO=1'), states(null, 'foo.bar=1')],
  },
  {
    name: 'tracestate_key_illegal_vendor_format',
    requests: [
      states('foo@=1,bar=2', 'foo@=1,bar=2'),
      states(null, '@foo=1,bar=2'),
      states('foo@@bar=1,bar=2', 'foo@@bar=1,bar=2'),
      states('foo@bar@baz=1,bar=2', 'foo@bar@baz=1,bar=2'),
    ],
  },
  {
    name: 'tracestate_member_count_limit',
    requests: [
      states(bars(1, 32), bars(1, 10), bars(11, 20), bars(21, 30), bars(31, 32)),
      states(null, bars(1, 10), bars(11, 20), bars(21, 30), bars(31, 33)),
    ],
  },
  {
    name: 'tracestate_key_length_limit',
    requests: [
      ...[
        'z'.repeat(256),
        `${'t'.repeat(241)}@${'v'.repeat(14)}`,
        `${'t'.repeat(242)}@v`,
        `t@${'v'.repeat(15)}`,
      ].map((key) => states(withKey(key).join(','), ...withKey(key))),
      states(null, ...withKey('z'.repeat(257))),
    ],
  },
  {
    name: 'tracestate_value_illegal_characters',
    requests: [states(null, 'foo=bar=baz'), states(null, 'foo=,bar=3')],
  },
  {
    name: 'multiple_requests_with_valid_traceparent',
    requests: [{ headers: [['traceparent', sampled]], continued: true, state: null, calls: 3 }],
  },
  {
    name: 'multiple_requests_without_traceparent',
    requests: [{ headers: [], continued: false, state: null, calls: 3 }],
  },
  {
    name: 'multiple_requests_with_illegal_traceparent',
    requests: [
      {
        headers: [['traceparent', `00-${'0'.repeat(32)}-${parent}-01`]],
        continued: false,
        state: null,
        calls: 3,
      },
    ],
  },
  {
    name: 'propagates_random_flag',
    requests: [
      {
        headers: [['traceparent', `00-${sentTrace}-${parent}-02`]],
        continued: true,
        state: null,
        random: true,
      },
    ],
  },
];
