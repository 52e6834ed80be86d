import type { CritiqueAnswer, CritiqueInput, Proposal, ProposedCheck } from '@agento/guardrails';

type Finding = CritiqueInput['findings'][number];
type Step = CritiqueInput['steps'][number];
interface Idea {
  id: string;
  description: string;
  sign: string;
  check: ProposedCheck;
}

const unset: Omit<ProposedCheck, 'kind'> = {
  field: null,
  least: null,
  most: null,
  least_words: null,
  most_words: null,
  source: null,
  whole: null,
  from: null,
  forbid: null,
  require: null,
  by: null,
  with: null,
  values: null,
};
const statuses = [
  { word: 'fully_met', worth: 100 },
  { word: 'partially_met', worth: 50 },
  { word: 'not_met', worth: 0 },
];

/** What a finding's rule and question speak of, and the check for it in that step; null where the step has no place for it. */
const causes: { words: RegExp; idea(step: Step): Idea | null }[] = [
  {
    words: /spread|alike|nearly every|lenient|same score|rubber/i,
    idea: (step) => differing(step) ?? quoting(step),
  },
  {
    words: /disagree|contradict|calibrat|agreement|against later|two judge/i,
    idea: (step) => agreeing(step) ?? quoting(step),
  },
  { words: /evidence|quot|claim|ignored|unsupported|source/i, idea: quoting },
  { words: /placeholder|unfinished|gap|malformed|tbd|todo/i, idea: finished },
  { words: /empty|blank|short|no reason|cut/i, idea: reasoned },
];

/** Rule: findings of one step whose rule speaks of the same thing share the check that is known for it. */
export function guardrailCritic({ steps, findings }: CritiqueInput): CritiqueAnswer {
  const proposals = new Map<string, Proposal>();
  const left_out: CritiqueAnswer['left_out'] = [];
  for (const finding of findings) {
    const step = steps.find((other) => other.step === finding.step);
    const idea = step && ideaFor(finding, step);
    if (!step || !idea) left_out.push({ finding: finding.id, reason: whyNone(finding, step) });
    else add(proposals, finding, step, idea);
  }
  return { proposals: [...proposals.values()].slice(0, 20), left_out };
}

function ideaFor({ rule, question }: Finding, step: Step): Idea | null {
  const spoken = (text: string) => causes.find(({ words }) => words.test(text));
  return (spoken(rule) ?? spoken(question))?.idea(step) ?? null;
}

function whyNone({ step }: Finding, known: Step | undefined): string {
  if (step === null || !known)
    return 'It is not about the answer of a step, which is all that a guardrail judges.';
  return `Nothing in an answer of ${step} is a sign of it that the offline model knows.`;
}

function add(proposals: Map<string, Proposal>, finding: Finding, { step }: Step, idea: Idea): void {
  const isGrave = /crit|high|error|major/i.test(finding.severity);
  const key = `${step} ${idea.id}`;
  const known = proposals.get(key);
  if (known) {
    known.findings.push(finding.id);
    if (isGrave) known.action = 'repair';
    return;
  }
  proposals.set(key, {
    findings: [finding.id],
    reasoning: `${finding.rule}: ${idea.sign}`,
    id: `${step.replaceAll('_', '-')}-${idea.id}`,
    description: idea.description,
    action: isGrave ? 'repair' : 'warn',
    steps: [step],
    check: idea.check,
  });
}

function differing({ answer }: Step): Idea | null {
  const list = answer.find(({ path, holds }) => holds === 'number' && path.includes('[]'));
  if (!list) return null;
  return {
    id: 'differ',
    description: 'Numbers that are all alike tell nothing apart',
    sign: `the numbers at ${list.path} hardly differ; a list in which all is truly alike would show it, too.`,
    check: { ...unset, kind: 'spread', field: list.path, least: 2, from: 3 },
  };
}

function agreeing({ answer, input }: Step): Idea | null {
  const status = answer.find(({ path }) => /\[\]\.status$/.test(path));
  const score = answer.find(({ path, holds }) => path === 'score' && holds === 'number');
  const shared = {
    id: 'agree',
    description: 'Two judgements of one thing that contradict each other are no judgement',
  };
  if (status && score) {
    return {
      ...shared,
      sign: `${score.path} and the statuses at ${status.path} say different things of the same text.`,
      check: {
        ...unset,
        kind: 'agreement',
        field: score.path,
        most: 30,
        with: { in: 'answer', field: status.path, by: null },
        values: statuses,
      },
    };
  }
  const rating = answer.find(({ path, holds }) => holds === 'number' && /\[\]\.rating$/.test(path));
  const given = input.find(({ path, holds }) => holds === 'number' && /\[\]\.rating$/.test(path));
  const id = rating && answer.find(({ path }) => path === rating.path.replace(/rating$/, 'criterion_id'));
  if (!rating || !given || !id) return null;
  return {
    ...shared,
    sign: `${rating.path} is far from ${given.path}, the rating of the one who proposed it.`,
    check: {
      ...unset,
      kind: 'agreement',
      field: rating.path,
      by: 'criterion_id',
      most: 3,
      with: { in: 'input', field: given.path, by: 'id' },
    },
  };
}

function quoting({ answer, input }: Step): Idea | null {
  const reason = answer.find(
    ({ path, holds }) => holds === 'text' && /(^|\.)(evidence|passage|reasoning|explanation)$/.test(path),
  );
  const source = input.filter(
    ({ path, holds }) => holds === 'text' && /(revised_text|item_description)$/.test(path),
  );
  if (!reason || source.length === 0) return null;
  return {
    id: 'quote',
    description: 'A judgement without a passage of the text cannot be checked',
    sign: `${reason.path} shows no passage of what it is about; a judgement of what is missing may have none to show.`,
    check: {
      ...unset,
      kind: 'quote',
      field: reason.path,
      source: source.map(({ path }) => path).slice(0, 10),
      least_words: 3,
    },
  };
}

function finished({ answer }: Step): Idea | null {
  if (!answer.some(({ holds }) => holds === 'text')) return null;
  return {
    id: 'finished',
    description: 'A text with a gap in it is not finished',
    sign: 'the text has a word that stands for something still to come.',
    check: { ...unset, kind: 'pattern', forbid: ['\\b(TBD|TODO|XXX)\\b', 'lorem ipsum'] },
  };
}

function reasoned({ answer }: Step): Idea | null {
  const text = answer.find(({ holds }) => holds === 'text');
  if (!text) return null;
  return {
    id: 'reasoned',
    description: 'A text of a few words explains nothing',
    sign: `${text.path} has hardly a word.`,
    check: { ...unset, kind: 'text', field: text.path, least_words: 8 },
  };
}
