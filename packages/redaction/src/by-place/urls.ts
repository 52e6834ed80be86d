import type { Passage } from '../passages.ts';
import { isPlaceholder } from '../words/placeholders.ts';

const userinfo = /:\/\/([^\s"'`<>\\/?#@:]*)(?::([^\s"'`<>\\/?#@]*))?@(?=[^\s"'`<>\\])/y;

/** The password (or a token in place of the user) of a URL whose `://` is at `at`. */
export function readUrlPassword(text: string, at: number, passages: Passage[]): void {
  userinfo.lastIndex = at;
  const match = userinfo.exec(text);
  if (!match) return;
  const [, user = '', password] = match;
  const userStart = at + 3;
  if (password === undefined || password === '' || password === 'x-oauth-basic') {
    if (user.length >= 16 && /\d/.test(user)) {
      passages.push({ start: userStart, end: userStart + user.length, rule: 'url-password' });
    }
    return;
  }
  if (isPlaceholder(password)) return;
  const start = userStart + user.length + 1;
  passages.push({ start, end: start + password.length, rule: 'url-password' });
}
