import { heading, type Page, prose, title } from '../page/page.ts';
import type { Unread } from '../readings-in.ts';
import type { Finding, Severity } from './finding.ts';
import type { AuditRule } from './rule.ts';

const tones: Record<Severity, 'bad' | 'odd' | undefined> = { error: 'bad', warning: 'odd', note: undefined };

/** The report: by rule, the worst first. Passages are cut to `longest` characters. */
export function auditPage(
  findings: Finding[],
  {
    rules,
    runs,
    repeated,
    unread,
    longest,
  }: { rules: AuditRule[]; runs: number; repeated: number; unread: Unread[]; longest: number },
): Page {
  const short = (text: string) => (text.length > longest ? `${text.slice(0, longest - 1)}…` : text);
  const count = (severity: Severity) => findings.filter((finding) => finding.severity === severity).length;
  return [
    title(
      `${runs === 1 ? 'One run' : `${runs} runs`}: ${count('error')} errors, ${count('warning')} warnings, ${count('note')} notes`,
    ),
    ...(repeated > 0 ? [prose(repeatedLine(repeated))] : []),
    ...unread.map(({ source, why }) => prose(`${source}: ${why}`)),
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
  ];
}

const repeatedLine = (count: number) =>
  count === 1
    ? '1 more is a run that came before; it is counted once.'
    : `${count} more are runs that came before; each is counted once.`;
