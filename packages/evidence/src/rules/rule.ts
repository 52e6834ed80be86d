import type { AttributeValue, RecordedSpan } from '../model.ts';
import type { RunTrace } from '../run.ts';

/** What is wrong and what to do about it; without a span if the span itself is missing. */
export interface Violation {
  span?: RecordedSpan;
  detail: string;
}

/** What a rule requires to exist; a test removes it and expects the rule to fail. */
export type Requirement =
  | { kind: 'span' }
  | { kind: 'resource' | 'attribute'; key: string }
  /** `having`: among several events of that name, one with this field. */
  | { kind: 'event'; event: string; field?: string; having?: string }
  | { kind: 'link'; relationship: string };

export interface Rule {
  /** E.g. `module3.expansion_evaluation.gen_ai.evaluation.result`. */
  name: string;
  /** The module it is about; null for the whole trace. */
  module: number | null;
  /** Name of the span it checks (`chat` for `chat {model}`), or what else it checks. */
  where: string;
  requires: string;
  subject?: Requirement;
  check(run: RunTrace): Violation[];
}

/** The requirement for a value: in words, and as a test. */
export interface Form {
  says: string;
  fits(value: AttributeValue, span: RecordedSpan): boolean;
  /** It may be absent. */
  isOptional?: boolean;
}

export const text: Form = {
  says: 'a non-empty string',
  fits: (value) => typeof value === 'string' && value !== '',
};
export const integer: Form = {
  says: 'a whole number from 0 up',
  fits: (value) => Number.isInteger(value) && Number(value) >= 0,
};
export const numeric: Form = { says: 'a number', fits: (value) => typeof value === 'number' };
export const share: Form = {
  says: 'a number from 0 to 1',
  fits: (value) => typeof value === 'number' && value >= 0 && value <= 1,
};
export const flag: Form = { says: 'true or false', fits: (value) => typeof value === 'boolean' };
export const texts: Form = {
  says: 'a list of strings',
  fits: (value) => Array.isArray(value) && value.every((entry) => typeof entry === 'string'),
};
export const sha256: Form = {
  says: 'a SHA-256 in hex',
  fits: (value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value),
};
export const uuid: Form = {
  says: 'a UUID',
  fits: (value) => typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value),
};

/** Exactly one of these values. */
export function oneOf(...allowed: AttributeValue[]): Form {
  return {
    says: allowed.map((value) => JSON.stringify(value)).join(' or '),
    fits: (value) => allowed.includes(value),
  };
}

/** What is wrong with a named value; null if nothing is. */
export function misfit(
  key: string,
  value: AttributeValue | undefined,
  form: Form,
  span: RecordedSpan,
): string | null {
  if (value === undefined) return `${key} is missing: it must be ${form.says}`;
  if (form.fits(value, span)) return null;
  return `${key} is ${JSON.stringify(value).slice(0, 200)}: it must be ${form.says}`;
}

/** A rule that requires one attribute on every span that `spans` returns. */
export function attributeRule(
  about: { name: string; module: number | null; where: string },
  key: string,
  form: Form,
  spans: (run: RunTrace) => RecordedSpan[],
): Rule {
  return {
    name: `${about.name}.${key}`,
    module: about.module,
    where: about.where,
    requires: `attribute ${key}: ${form.says}`,
    ...(!form.isOptional && { subject: { kind: 'attribute' as const, key } }),
    check: (run) =>
      spans(run).flatMap((span) => {
        if (form.isOptional && span.attributes[key] === undefined) return [];
        const detail = misfit(key, span.attributes[key], form, span);
        return detail === null ? [] : [{ span, detail }];
      }),
  };
}
