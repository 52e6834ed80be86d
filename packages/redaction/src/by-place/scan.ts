const backslash = 92;

/** What the pattern matches at a position. */
export function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? text.slice(at, pattern.lastIndex) : undefined;
}

const isBlank = (code: number) => code === 32 || (code >= 9 && code <= 13);

/** The position behind the blanks at `from`, literal or escaped. */
export function afterBlanks(text: string, from: number): number {
  for (let at = from; ; ) {
    const code = text.charCodeAt(at);
    if (isBlank(code)) at++;
    else if (code !== backslash) return at;
    else {
      const end = afterBackslashes(text, at);
      if (!/[nrt]/.test(text[end] ?? '')) return at;
      at = end + 1;
    }
  }
}

/** The position before the blanks that end at `to`, literal or escaped. */
export function beforeBlanks(text: string, to: number): number {
  for (let at = to; ; ) {
    if (isBlank(text.charCodeAt(at - 1))) at--;
    else if (text.charCodeAt(at - 2) === backslash && /[nrt]/.test(text[at - 1] ?? '')) {
      at = beforeBackslashes(text, at - 1);
    } else return at;
  }
}

export function afterBackslashes(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) === backslash) at++;
  return at;
}

export function beforeBackslashes(text: string, to: number): number {
  let at = to;
  while (text.charCodeAt(at - 1) === backslash) at--;
  return at;
}
