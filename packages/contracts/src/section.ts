import type { Finding } from './validate.ts';

/** Most characters of a plan's section: each is part of many prompts. */
const most = 262_144;

/** Checks that a section's text is not empty and no longer than 262,144 characters. */
export function checkSection(pointer: string, text: string): Finding[] {
  if (text.trim() === '') return [{ pointer, detail: 'must not be empty' }];
  return text.length > most ? [{ pointer, detail: `must be at most ${most} characters` }] : [];
}
