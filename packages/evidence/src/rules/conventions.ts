import { isOwn, type RecordedSpan, textOf } from '../model.ts';
import { type ModuleRun, type RunTrace, verdictsOf } from '../run.ts';
import type { Rule, Violation } from './rule.ts';

/** What is wrong with one span of a module that follows the conventions; null if nothing is. */
type Check = (span: RecordedSpan, run: RunTrace, root: RecordedSpan) => string | null;

const operation = 'gen_ai.operation.name';

/** Older versions do not write them: a module whose own span says what operation it is has them on all its spans. */
const follows = ({ root }: ModuleRun) => root.attributes[operation] !== undefined;

function rule(name: string, where: string, requires: string, check: Check): Rule {
  return {
    name: `trace.genai.${name}`,
    module: null,
    where,
    requires,
    check: (run) =>
      run.executions.filter(follows).flatMap(({ root, spans }) =>
        [root, ...spans].filter(isOwn).flatMap((span): Violation[] => {
          const detail = check(span, run, root);
          return detail === null ? [] : [{ span, detail }];
        }),
      ),
  };
}

/** The convention's name for a span. */
function theirName({ attributes }: RecordedSpan): string {
  const named = ['gen_ai.tool.name', 'gen_ai.agent.name', 'gen_ai.request.model'];
  const key = named.find((key) => attributes[key] !== undefined);
  return `${textOf(attributes, operation)} ${key ? textOf(attributes, key) : ''}`.trimEnd();
}

/** The call of a tool asks with the model's words, not with a prompt. */
function promptProblem(span: RecordedSpan, run: RunTrace): string | null {
  const step = run.tree.parentOf(span);
  if (!span.name.startsWith('chat ') || step?.attributes[operation] !== 'invoke_agent') return null;
  const wanted = {
    'gen_ai.prompt.name': step.attributes['gen_ai.agent.name'],
    'gen_ai.prompt.version': step.attributes['agento.prompt.version'],
  };
  const [wrong] = Object.entries(wanted).filter(([key, value]) => span.attributes[key] !== value);
  return wrong ? `${wrong[0]} is not ${String(wrong[1])}, that of its step's prompt` : null;
}

/** What the GenAI conventions, v0.1.0, have on spans beside what each kind of span is required to have. */
export const conventionRules: Rule[] = [
  rule(
    'workflow',
    'run_module_N',
    `${operation} is invoke_workflow, gen_ai.agent.name the module's`,
    (span, _, root) =>
      span !== root ||
      (span.attributes[operation] === 'invoke_workflow' &&
        span.attributes['gen_ai.agent.name'] === span.attributes['agent.name'])
        ? null
        : `${operation} must be invoke_workflow, and gen_ai.agent.name the same as agent.name`,
  ),
  rule('conversation', `spans with ${operation}`, 'gen_ai.conversation.id is session.id', ({ attributes }) =>
    attributes[operation] === undefined || attributes['gen_ai.conversation.id'] === attributes['session.id']
      ? null
      : 'gen_ai.conversation.id and session.id must be the same, or both absent',
  ),
  rule(
    'span_name',
    `spans with ${operation}`,
    "agento.genai.span_name is the convention's name, where the span has another",
    (span) => {
      if (span.attributes[operation] === undefined) return null;
      const theirs = theirName(span);
      const wanted = theirs === span.name ? undefined : theirs;
      return span.attributes['agento.genai.span_name'] === wanted
        ? null
        : `agento.genai.span_name must be ${wanted ?? "absent: the span has the convention's name"}`;
    },
  ),
  rule(
    'prompt',
    'chat {model}',
    "gen_ai.prompt.name and .version are those of its step's prompt",
    promptProblem,
  ),
  rule('tool', 'execute_tool {tool}', 'gen_ai.tool.type: a non-empty string', (span) =>
    span.name.startsWith('execute_tool ') && textOf(span.attributes, 'gen_ai.tool.type') === ''
      ? 'gen_ai.tool.type is missing: it must be function, extension or datastore'
      : null,
  ),
  rule(
    'cache_write',
    'chat {model}',
    'gen_ai.usage.cache_write.input_tokens goes with its old name',
    ({ attributes }) => {
      const old = attributes['gen_ai.usage.cache_creation.input_tokens'];
      return old === undefined || attributes['gen_ai.usage.cache_write.input_tokens'] === old
        ? null
        : `gen_ai.usage.cache_write.input_tokens must be ${String(old)}, as under its old name`;
    },
  ),
  rule(
    'judged_response',
    'a verdict',
    'gen_ai.response.id, where it is known, is the id of an answer: a non-empty string',
    (span) =>
      verdictsOf(span).some(
        (verdict) => 'gen_ai.response.id' in verdict && textOf(verdict, 'gen_ai.response.id') === '',
      )
        ? 'gen_ai.response.id of a verdict must be the id of the judged answer, or absent'
        : null,
  ),
];
