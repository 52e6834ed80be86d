import { creator } from '@secretlint/secretlint-rule-preset-recommend';
import type { Passage } from './found.ts';

interface Source {
  content: string;
  filePath: string;
  contentType: 'text';
}
interface MaintainedRule {
  meta: { id: string };
  create(context: RuleContext, options: object): { file?(source: Source): unknown };
}
interface RuleContext {
  createTranslator(messages: unknown): (key: string) => { message: string; messageId: string };
  report(finding: { range: readonly [number, number] }): void;
  ignore(finding: unknown): void;
}
interface Preset {
  create(context: { registerRule(rule: MaintainedRule): void }, options: object): void;
}

/**
 * Without which a rule of the preset cannot match a single credential. A rule that a newer version of the
 * preset brings has no entry yet and is tried on every candidate: slower, never weaker.
 */
const anchors: Record<string, RegExp | 'not here'> = {
  '1password': /ops_ey/,
  anthropic: /sk-ant-/,
  aws: /A(?:3T|KIA|GPA|IDA|ROA|IPA|NPA|NVA|SIA)/,
  cloudflare: /cf(?:k|ut|at)_/,
  databricks: /dapi/,
  docker: /dckr_pat_/,
  figma: /figd_/,
  github: /gh[pousr]_|github_pat_/,
  gitlab: /glpat-/,
  grafana: /gl(?:c|sa)_/,
  groq: /gsk_/,
  'hashicorp-vault': /hv[sbr]\./,
  huggingface: /hf_/,
  linear: /lin_api_/,
  notion: /ntn_/,
  npm: /npm_/,
  openai: /sk-/,
  sendgrid: /SG\./,
  shopify: /shp/,
  slack: /xox|xapp|hooks\.slack/i,
  stripe: /[sr]k_(?:live|test)/,
  tailscale: /tskey-/,
  vercel: /vc[piark]_/,
  // These read lines, files or whole URLs; the readers beside this one do, and read them through escapes.
  basicauth: 'not here',
  'database-connection-string': 'not here',
  'filter-comments': 'not here',
  gcp: 'not here',
  privatekey: 'not here',
};

/** The rules of Secretlint's recommended preset by their short names, each as a function that reads a text. */
function loadRules() {
  const preset: Preset = creator;
  const rules: { name: string; anchor: RegExp | undefined; read(text: string, passages: Passage[]): void }[] =
    [];
  const registerRule = (rule: MaintainedRule) => {
    const name = rule.meta.id.replace(/^.*secretlint-rule-/, '');
    const anchor = anchors[name];
    if (anchor === 'not here') return;
    let found: Passage[] = [];
    const context: RuleContext = {
      createTranslator: () => (key) => ({ message: key, messageId: key }),
      report: ({ range: [start, end] }) => found.push({ start, end, rule: name }),
      ignore: () => {},
    };
    const { file } = rule.create(context, {});
    const read = (content: string, passages: Passage[]) => {
      found = passages;
      file?.({ content, filePath: '', contentType: 'text' });
    };
    rules.push({ name, anchor, read });
  };
  preset.create({ registerRule }, {});
  return rules;
}

const rules = loadRules();
const unanchored = rules.some((rule) => rule.anchor === undefined);
const anyAnchor = new RegExp(rules.flatMap((rule) => rule.anchor?.source ?? []).join('|'), 'i');
/** Some rules look far ahead from each possible start, so what they are shown at once is bounded. */
const window = 2_048;
const overlap = 512;

export const maintainedRuleNames = rules.map((rule) => rule.name);

/**
 * Has the maintained rules read one candidate. They were written for source files and take the `n` of an
 * escaped line break, or the `D` of `%3D`, for a letter of the credential: such escapes are blanked for them.
 */
export function readByMaintainedRules(candidate: string, passages: Passage[]): void {
  if (!unanchored && !anyAnchor.test(candidate)) return;
  const text = candidate.replace(/\\+(?:u[0-9a-f]{4}|[a-z])|%[0-9a-f]{2}/gi, (sequence) =>
    ' '.repeat(sequence.length),
  );
  for (let from = 0; from < text.length; from += window - overlap) {
    const part = text.slice(from, from + window);
    const found: Passage[] = [];
    for (const rule of rules) if (!rule.anchor || rule.anchor.test(part)) rule.read(part, found);
    for (const { start, end, rule } of found) passages.push({ start: start + from, end: end + from, rule });
    if (from + window >= text.length) break;
  }
}
