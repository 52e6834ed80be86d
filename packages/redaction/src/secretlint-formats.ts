import { format } from './provider-formats.ts';

/**
 * What the rules of Secretlint's recommended preset find by its look. They go by less of an edge than ours: no letter
 * before the credential, and for some none at all. Theirs have upper limits here and there, for files of source code;
 * whatever is longer is a credential too, and reading it to its end at once is what keeps the cost linear.
 * `redaction-secretlint.test.ts` compares the two.
 */
const loose: [rule: string, pattern: string][] = [
  ['1password', 'ops_ey[A-Za-z0-9+/=]{100,}'],
  ['anthropic', 'sk-ant-api0\\d-[\\w-]{90,}'],
  ['aws', '(?<!\\w)A(?:3T[A-Z0-9]|KIA|GPA|IDA|ROA|IPA|NPA|NVA|SIA)[A-Z0-9]{16}(?!\\w)'],
  ['cloudflare', 'cf(?:k|ut|at)_[A-Za-z0-9]{40}[0-9a-f]{8}(?![A-Za-z0-9])'],
  ['databricks', 'dapi[A-Fa-f0-9]{32}(?![A-Fa-f0-9])'],
  ['docker', 'dckr_pat_[\\w-]{27,}'],
  ['figma', 'figd_[\\w-]{40,}'],
  ['github', 'gh[pousr]_\\w{36,}'],
  ['github', 'github_pat_\\w{82,}'],
  ['gitlab', 'glpat-[\\w-]{20,}'],
  ['grafana', 'glc_[A-Za-z0-9+/]{32,}={0,2}'],
  ['grafana', 'glsa_[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}(?![A-Fa-f0-9])'],
  ['groq', 'gsk_[A-Za-z0-9]{52}(?![A-Za-z0-9])'],
  ['hashicorp-vault', 'hv[sbr]\\.[\\w-]{90,}'],
  ['huggingface', 'hf_[A-Za-z]{34}(?![A-Za-z])'],
  ['linear', 'lin_api_\\w{32,}'],
  ['notion', 'ntn_[0-9]{11}[A-Za-z0-9]{35}(?![A-Za-z0-9])'],
  ['npm', 'npm_\\w{36,}'],
  ['sendgrid', 'SG\\.(?=\\w{1,64}\\.)[\\w.-]{66,}'],
  ['shopify', 'shp(?:pa|ca|at|ss)_[A-Za-z0-9]{32,}'],
  ['slack', '(?<!\\w)(?:xox[bpaor]|xapp)-(?:[A-Za-z0-9]+-)+[A-Za-z0-9]+'],
  ['stripe', '[sr]k_(?:live|test)_[A-Za-z0-9]{24,}'],
  ['tailscale', 'tskey-[a-z]{2,20}-\\w{8,40}-\\w{16,}'],
  ['vercel', 'vc[piark]_[A-Za-z0-9]{20,}'],
];
const openaiHalf = '(?:[\\w-]{74}|[\\w-]{58})';

export const secretlintFormats = [
  ...loose.map(([rule, pattern]) => format(rule, pattern, 'secretlint', { edge: 'no-letter' })),
  format('github', 'ghs_[0-9]{1,20}_[\\w-]+\\.[\\w-]+\\.[\\w-]*', 'secretlint', {
    edge: 'no-letter',
    where: ({ next, dots }) => dots >= 2 && next >= 1,
  }),
  format(
    'openai',
    `sk-(?:proj|svcacct|admin)-${openaiHalf}T3BlbkFJ${openaiHalf}|sk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}`,
    'secretlint',
    { edge: 'none' },
  ),
  format(
    'slack',
    '[hH][tT][tT][pP][sS]://[hH][oO][oO][kK][sS]\\.[sS][lL][aA][cC][kK]\\.[cC][oO][mM]/[sS][eE][rR][vV][iI][cC][eE][sS]/[tT][A-Za-z0-9]+/[bB][A-Za-z0-9]+/[A-Za-z0-9]+',
    'secretlint',
    { edge: 'none' },
  ),
];
