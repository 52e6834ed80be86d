import type { ComponentChildren } from 'preact';

/** What may be wider than its place: it scrolls by itself, also with the keyboard. */
export function Wide({ of, children }: { of: string; children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard (WCAG 2.1.1)
    <section class="wide" aria-label={of} tabIndex={0}>
      {children}
    </section>
  );
}
