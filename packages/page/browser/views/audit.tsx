import { type Answers, useAnswer } from '../api.ts';
import { count, goalText } from '../figures.ts';
import { HowMany, runsOf } from '../parts/how-many.tsx';
import { Await } from '../parts/loaded.tsx';
import { ofRun } from '../parts/page-view.tsx';
import { UnreadTraces } from '../parts/unread.tsx';
import { type Route, withQuery } from '../route.ts';

type Audit = Answers['audit']['data'];
type Finding = Audit['findings'][number];

const severities = ['error', 'warning', 'note'] as const;
const tones = { error: 'bad', warning: 'odd', note: undefined };
/** Of one rule, before the rest is folded. */
const mostAtOnce = 20;

/** What the rules of the audit find in the last runs, the worst first, each finding a way to its place in its run. */
export function AuditView({ route }: { route: Route }) {
  const answer = useAnswer<'audit'>(`./evidence/findings?runs=${runsOf(route)}`);
  return (
    <>
      <h1>Audit over the last runs</h1>
      <Await of={answer} what="the runs, and what the audit finds in them">
        {({ data }) => <Found audit={data} route={route} />}
      </Await>
    </>
  );
}

function Found({ audit, route }: { audit: Audit; route: Route }) {
  const [severity, rule] = [route.query.get('severity') ?? '', route.query.get('rule') ?? ''];
  const shown = audit.findings.filter(
    (one) => (severity === '' || one.severity === severity) && (rule === '' || one.rule === rule),
  );
  return (
    <>
      <div class="filters">
        <HowMany route={route} />
        <Choice name="severity" title="Severity" of={[...severities]} route={route} />
        <Choice
          name="rule"
          title="Rule"
          of={[...new Set(audit.findings.map((one) => one.rule))]}
          route={route}
        />
        <span class="quiet" role="status">
          {shown.length < audit.findings.length && `${count(shown.length)} of `}
          {count(audit.findings.length)} {audit.findings.length === 1 ? 'finding' : 'findings'} in{' '}
          {count(audit.runs)} {audit.runs === 1 ? 'run' : 'runs'}
        </span>
      </div>
      <UnreadTraces unread={audit.unread} />
      {[...Map.groupBy(shown, (one) => one.rule)].map(([name, own]) => (
        <OfRule key={name} findings={own} goals={audit.goals} />
      ))}
      {shown.length === 0 && (
        <p>{audit.runs === 0 ? 'There is no run yet.' : 'Nothing like that is found.'}</p>
      )}
      <Silent unjudged={audit.unjudged} />
    </>
  );
}

function Choice({ name, title, of, route }: { name: string; title: string; of: string[]; route: Route }) {
  return (
    <label>
      {title}{' '}
      <select
        value={route.query.get(name) ?? ''}
        onChange={({ currentTarget: { value } }) =>
          location.replace(withQuery(route, { [name]: value || undefined }))
        }
      >
        <option value="">any</option>
        {of.map((one) => (
          <option key={one} value={one}>
            {one}
          </option>
        ))}
      </select>
    </label>
  );
}

function OfRule({ findings, goals }: { findings: Finding[]; goals: Audit['goals'] }) {
  const [first] = findings;
  if (!first) return null;
  const rest = findings.slice(mostAtOnce);
  return (
    <section>
      <h2>
        <span class={tones[first.severity]}>{first.severity}</span> {first.rule}{' '}
        <span class="quiet">{count(findings.length)}</span>
      </h2>
      <p class="quiet">{first.question}</p>
      <Findings findings={findings.slice(0, mostAtOnce)} goals={goals} />
      {rest.length > 0 && (
        <details>
          <summary>{count(rest.length)} more</summary>
          <Findings findings={rest} goals={goals} />
        </details>
      )}
    </section>
  );
}

function Findings({ findings, goals }: { findings: Finding[]; goals: Audit['goals'] }) {
  return (
    <ul class="entries">
      {findings.map((finding, index) => (
        <li key={index}>
          <div class="head">
            <a href={placeOf(finding)}>{finding.message}</a>
          </div>
          <div class="quiet">
            {goalText(goals[finding.run_id] ?? null)}, run {finding.run_id.slice(0, 8)}
            {finding.sure && `; ${finding.sure}`}
          </div>
          {finding.texts.length > 0 && (
            <details>
              <summary class="quiet">{finding.texts.map(({ name }) => name).join(', ')}</summary>
              {finding.texts.map(({ name, text }) => (
                <blockquote key={name}>
                  <span class="quiet">{name}</span>
                  <div class="words">{text}</div>
                </blockquote>
              ))}
            </details>
          )}
        </li>
      ))}
    </ul>
  );
}

/** That a rule finds nothing says nothing where it had nothing to look at. */
function Silent({ unjudged }: { unjudged: Audit['unjudged'] }) {
  if (unjudged.length === 0) return null;
  return (
    <details>
      <summary>Rules that had nothing to look at, or too little: {unjudged.length}</summary>
      <ul>
        {unjudged.map(({ rule, of, most, least }) => (
          <li key={rule}>
            {rule}: {least > 1 ? `${most} of the ${least} ${of} it needs` : `no ${of}`}
          </li>
        ))}
      </ul>
    </details>
  );
}

function placeOf({ run_id, run_attempt, span_id }: Finding): string {
  const attempt = run_attempt !== null && run_attempt > 1 ? String(run_attempt) : undefined;
  return ofRun(run_id, 'findings', { attempt, show: span_id ?? undefined });
}
