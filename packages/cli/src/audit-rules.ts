import { type AuditRule, auditRules, type Severity, severities } from '@agento/evidence';
import { CommandError, exitCodes } from './exit-codes.ts';

export interface RuleOptions {
  rule?: string[];
  severity?: string;
}

/** Whether something is of this severity or worse. */
export function isAsBad(least: string): (one: { severity: Severity }) => boolean {
  return ({ severity }) => severities.indexOf(severity) <= severities.indexOf(least as Severity);
}

/** The rules of the audit that are wanted. Throws a CommandError for one that is not known. */
export function rulesOf({ rule: wanted, severity = 'note' }: RuleOptions): AuditRule[] {
  const unknown = wanted?.find((id) => !auditRules.some((rule) => rule.id === id));
  if (unknown !== undefined) {
    const known = auditRules.map(({ id }) => id).join(', ');
    throw new CommandError(exitCodes.usage, `There is no rule ${unknown}.`, `There are ${known}.`);
  }
  return auditRules.filter((rule) => (wanted?.includes(rule.id) ?? true) && isAsBad(severity)(rule));
}
