import { attributeRules } from './attributes.ts';
import { consistencyRules } from './consistency.ts';
import { contentRules } from './content.ts';
import { conventionRules } from './conventions.ts';
import { decisionRules } from './decisions.ts';
import { edgeRules } from './edges.ts';
import { encodingRules } from './encoding.ts';
import { errorRules } from './errors.ts';
import { executionRules } from './executions.ts';
import { exportRules } from './exports.ts';
import { feedbackRules } from './feedback.ts';
import { genAiRules } from './genai.ts';
import { guardrailRules } from './guardrails.ts';
import { lineageRules } from './lineage.ts';
import { payloadFormRules } from './payload-forms.ts';
import { payloadRules } from './payloads.ts';
import { presenceRules } from './presence.ts';
import { completenessRules, propagationRules } from './propagation.ts';
import { replayRules } from './replays.ts';
import { resourceRules } from './resource.ts';
import type { Rule } from './rule.ts';
import { treeRules } from './tree.ts';
import { verdictRules } from './verdicts.ts';

/** Every rule for a trace, by concern; names are unique. */
export const rules: readonly Rule[] = [
  ...encodingRules,
  ...resourceRules,
  ...treeRules,
  ...presenceRules,
  ...edgeRules,
  ...errorRules,
  ...attributeRules,
  ...payloadRules,
  ...payloadFormRules,
  ...contentRules,
  ...genAiRules,
  ...conventionRules,
  ...decisionRules,
  ...verdictRules,
  ...consistencyRules,
  ...feedbackRules,
  ...exportRules,
  ...guardrailRules,
  ...lineageRules,
  ...propagationRules,
  ...completenessRules,
  ...executionRules,
  ...replayRules,
];
