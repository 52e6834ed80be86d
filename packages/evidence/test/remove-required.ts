import { executionOf, isOwn, moduleOf, type RecordedSpan, type Trace } from '../src/model.ts';
import type { Rule } from '../src/rules/rule.ts';

/**
 * Takes away, once, the one thing a rule with a subject requires: a span (with those below it gone astray), an
 * attribute in whichever form, an event or its field, a link. Answers with the trace that lacks it.
 */
export function removeRequired(good: Trace, rule: Rule): Trace {
  const trace = structuredClone(good);
  const { subject } = rule;
  if (!subject) throw new Error(`${rule.name} requires no one thing`);
  const spans = trace.spans
    .filter((span) => rule.module === null || moduleOf(span) === rule.module)
    .filter((span) => !isMadeAgain(span, trace));
  if (subject.kind === 'resource') {
    for (const { resource } of spans) delete resource[subject.key];
    return trace;
  }
  if (subject.kind === 'span') {
    const gone = spansToRemove(rule, spans);
    return { ...trace, spans: trace.spans.filter((span) => !gone.includes(span)) };
  }
  const removed = spans.filter((span) => isAt(span, rule.where)).some((span) => removeFrom(span, subject));
  if (!removed) throw new Error(`${rule.name}: the good trace has nothing to take away`);
  return trace;
}

/** Of an execution after which another made the like of it. */
function isMadeAgain(span: RecordedSpan, { spans }: Trace): boolean {
  const isLike = (other: RecordedSpan) => other.name === span.name && moduleOf(other) === moduleOf(span);
  return isOwn(span) && spans.some((other) => isLike(other) && executionOf(other) > executionOf(span));
}

function spansToRemove(rule: Rule, spans: RecordedSpan[]): RecordedSpan[] {
  const at = spans.filter((span) => isAt(span, rule.where));
  if (rule.name.endsWith('.chat')) return spans.filter((span) => span.parent_span_id === at[0]?.span_id);
  // Of these one would do for the others.
  return /^(validation|file_export)$/.test(rule.where) ? at : at.slice(0, 1);
}

function isAt(span: RecordedSpan, where: string): boolean {
  switch (where) {
    case 'run_module':
      return /^run_module_\d$/.test(span.name);
    case 'POST':
      return span.name === 'POST' && span.kind === 'CLIENT';
    case 'POST /run':
      return span.kind === 'SERVER';
    case 'chat {model}':
      return span.name.startsWith('chat ');
    case 'execute_tool {tool}':
      return span.name.startsWith('execute_tool ');
    case 'revision_evaluation of attempt 2, …':
      return span.name === 'revision_evaluation' && span.attributes['agento.attempt'] === 2;
    default:
      return span.name === where;
  }
}

/** False where the span has no such thing. */
function removeFrom(span: RecordedSpan, subject: Exclude<Rule['subject'], undefined>): boolean {
  if (subject.kind === 'attribute') {
    const keys = [subject.key, `${subject.key}_truncated`].filter((key) => key in span.attributes);
    for (const key of keys) delete span.attributes[key];
    return keys.length > 0 || removeFromArtifact(span, subject.key);
  }
  if (subject.kind === 'event') {
    const { having } = subject;
    const event = span.events.find(
      ({ name, attributes }) => name === subject.event && (having === undefined || having in attributes),
    );
    if (!event) return false;
    if (subject.field === undefined) span.events.splice(span.events.indexOf(event), 1);
    else delete event.attributes[subject.field];
    return true;
  }
  if (subject.kind === 'link') {
    const index = span.links.findIndex(({ attributes }) => attributes.relationship === subject.relationship);
    if (index >= 0) span.links.splice(index, 1);
    return index >= 0;
  }
  return false;
}

/** Of several files each is an event. */
function removeFromArtifact(span: RecordedSpan, key: string): boolean {
  const event = span.events.find(({ name }) => name === 'agento.artifact');
  if (!event || !key.startsWith('agento.artifact.')) return false;
  delete event.attributes[key.slice('agento.artifact.'.length)];
  return true;
}
