import type { Finding } from '@agento/contracts';
import type { Path, Place } from '../path.ts';
import type { Check } from '../schema.ts';
import type { Test } from './check.ts';

type Of<K extends Check['kind']> = Extract<Check, { kind: K }>;

export function numbersAt(path: Path, value: unknown): { pointer: string; number: number }[] {
  return path
    .read(value)
    .flatMap(({ pointer, value }) => (typeof value === 'number' ? [{ pointer, number: value }] : []));
}

export function numberTest({ least, most }: Of<'number'>, path: Path): Test {
  const limits = [
    ...(least === undefined ? [] : [`at least ${least}`]),
    ...(most === undefined ? [] : [`at most ${most}`]),
  ];
  return ({ answer }) =>
    numbersAt(path, answer)
      .filter(
        ({ number }) => (least !== undefined && number < least) || (most !== undefined && number > most),
      )
      .map(({ pointer, number }) => ({
        pointer,
        detail: `is ${number}: it must be ${limits.join(' and ')}`,
      }));
}

export function spreadTest({ least, from = 3 }: Of<'spread'>, path: Path): Test {
  return ({ answer }) => {
    const numbers = numbersAt(path, answer).map(({ number }) => number);
    if (numbers.length < from) return [];
    const lowest = numbers.reduce((one, other) => Math.min(one, other));
    const highest = numbers.reduce((one, other) => Math.max(one, other));
    if (highest - lowest >= least) return [];
    const detail = `the ${numbers.length} values of ${path.text} go from ${lowest} to ${highest}: they must differ by at least ${least}, so that they tell the good from the less good`;
    return [{ pointer: '', detail }];
  };
}

/** Pairs by what they are about, or else the means of all of each. */
export function agreementTest(
  { by, with: other, most, values = {} }: Of<'agreement'>,
  path: Path,
  otherPath: Path,
  [ids, otherIds]: [Path | null, Path | null],
): Test {
  const worth = ({ value }: Place) => (typeof value === 'string' ? values[value] : value);
  const read = (from: unknown, at: Path, idsAt: Path | null) => {
    const named = idsAt?.read(from).map(({ value }) => String(value));
    return at.read(from).flatMap((place, index) => {
      const number = worth(place);
      return typeof number === 'number' ? [{ ...place, number, id: named?.[index] ?? '' }] : [];
    });
  };
  const what = `${otherPath.text} in the ${other.in === 'input' ? 'input' : 'answer'}`;
  const differ = (pointer: string, one: number, two: number): Finding[] => {
    const difference = Math.round(Math.abs(one - two) * 1_000) / 1_000;
    if (difference <= most) return [];
    const detail = `says ${shown(one)}, and ${what} says ${shown(two)}: they must differ by at most ${most}, not ${difference}`;
    return [{ pointer, detail }];
  };
  return (answered) => {
    const own = read(answered.answer, path, ids);
    const others = read(answered[other.in], otherPath, otherIds);
    if (own.length === 0 || others.length === 0) return [];
    if (by === undefined) {
      const mean = (of: { number: number }[]) => of.reduce((sum, { number }) => sum + number, 0) / of.length;
      return differ(own.length === 1 ? (own[0]?.pointer ?? '') : '', mean(own), mean(others));
    }
    const byId = new Map(others.map((entry) => [entry.id, entry.number]));
    return own.flatMap(({ pointer, number, id }) => {
      const second = byId.get(id);
      return second === undefined ? [] : differ(pointer, number, second);
    });
  };
}

const shown = (number: number) => String(Math.round(number * 1_000) / 1_000);
