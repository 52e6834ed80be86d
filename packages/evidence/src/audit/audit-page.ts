import { numbered } from '../numbered.ts';
import { heading, type Page, prose, title } from '../page/page.ts';
import { type Unread, unreadLines } from '../readings-in.ts';
import type { Finding, Severity } from './finding.ts';
import { type Unjudged, unjudgedInWords } from './matter.ts';
import type { AuditRule } from './rule.ts';

const tones: Record<Severity, 'bad' | 'odd' | undefined> = { error: 'bad', warning: 'odd', note: undefined };

/** The report: by rule, the worst first, then which rules found nothing. Passages are cut to `longest` characters. */
export function auditPage(
  findings: Finding[],
  {
    rules,
    runs,
    repeated,
    unread,
    unjudged,
    longest,
  }: {
    rules: AuditRule[];
    runs: number;
    repeated: number;
    unread: Unread[];
    unjudged: Unjudged[];
    longest: number;
  },
): Page {
  const short = (text: string) => (text.length > longest ? `${text.slice(0, longest - 1)}…` : text);
  const silent = unjudgedInWords(unjudged, rules.length);
  const count = (severity: Severity) =>
    numbered(findings.filter((finding) => finding.severity === severity).length, severity);
  // A rule that had nothing to look at has not found that all is well.
  const said = new Set([...findings, ...unjudged].map(({ rule }) => rule));
  const quiet = rules.filter(({ id }) => !said.has(id)).map(({ id }) => id);
  return [
    title(`${numbered(runs, 'run')}: ${count('error')}, ${count('warning')}, ${count('note')}`),
    ...(repeated > 0 ? [prose(repeatedLine(repeated))] : []),
    ...unreadLines(unread, ': ').map((line) => prose(line)),
    ...[...Map.groupBy(findings, ({ rule }) => rule)].flatMap(([id, own]) => {
      const rule = rules.find((one) => one.id === id);
      return [
        heading(`${own[0]?.severity} ${id} (${own.length})`),
        prose([rule?.question, rule?.taxonomy].filter(Boolean).join(' – ')),
        {
          is: 'entries' as const,
          entries: own.map(({ message, run_id, span_id, severity, texts, sure }) => ({
            head: message,
            tone: tones[severity],
            body: [
              `run ${run_id.slice(0, 8)}${span_id ? ` span ${span_id}` : ''}${sure ? `; ${sure}` : ''}`,
              ...texts.map(({ name, text }) => `${name}: ${short(text)}`),
            ].join('\n'),
          })),
        },
      ];
    }),
    ...(quiet.length > 0 ? [heading('Nothing found by'), prose(quiet.join(', '))] : []),
    ...(silent === null ? [] : [prose(silent)]),
  ];
}

const repeatedLine = (count: number) =>
  count === 1
    ? '1 more is a run that came before; it is counted once.'
    : `${count} more are runs that came before; each is counted once.`;
