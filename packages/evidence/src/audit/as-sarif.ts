import type { Finding } from './finding.ts';
import type { Unjudged } from './matter.ts';
import type { AuditRule } from './rule.ts';

/** A log of SARIF 2.1.0; spans are logical locations, for there is no file to point at. */
export function asSarif(findings: Finding[], rules: AuditRule[], unjudged: Unjudged[], version: string) {
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'agento-audit',
            version,
            rules: rules.map(({ id, severity, question, taxonomy }) => ({
              id,
              shortDescription: { text: question },
              defaultConfiguration: { level: severity },
              properties: taxonomy ? { tags: [taxonomy] } : {},
            })),
          },
        },
        invocations: [
          {
            executionSuccessful: true,
            toolExecutionNotifications: unjudged.map(({ rule, of, most, least }) => ({
              level: 'note',
              associatedRule: { id: rule },
              message: { text: `${rule} says nothing of these runs: ${most} ${of}; ${least} are needed.` },
            })),
          },
        ],
        results: findings.map(
          ({ rule, severity, message, trace_id, span_id, run_id, texts, measure, sure }) => ({
            ruleId: rule,
            level: severity,
            message: { text: message },
            locations: [
              {
                logicalLocations: [
                  {
                    name: span_id ?? run_id,
                    fullyQualifiedName: [run_id, trace_id, span_id ?? ''].join('/'),
                  },
                ],
              },
            ],
            properties: { run_id, trace_id, span_id, texts, measure, ...(sure ? { sure } : {}) },
          }),
        ),
      },
    ],
  };
}
