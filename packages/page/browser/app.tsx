import { useEffect } from 'preact/hooks';
import { KeyForm } from './parts/key-form.tsx';
import { useRoute } from './route.ts';
import { AuditView } from './views/audit.tsx';
import { CompareView } from './views/compare.tsx';
import { LiveView } from './views/live.tsx';
import { OverView } from './views/over.tsx';
import { ReviewView } from './views/review.tsx';
import { RunView } from './views/run.tsx';
import { RunsView } from './views/runs.tsx';

const runId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The whole page: which view, by the address. */
export function App() {
  const route = useRoute();
  const [kind, first, second] = route.path;
  // They become parts of requests: nothing else may.
  const named = kind === 'runs' ? route.path.slice(1, 2) : kind === 'compare' ? route.path.slice(1, 3) : [];
  const place = route.path.slice(0, 3).join('/');
  // As after a page load: reading begins at the top of what is new.
  useEffect(() => scrollTo(0, 0), [place]);
  return (
    <>
      <button type="button" class="skip" onClick={toMain}>
        Skip to the content
      </button>
      <header class="top">
        <a class="home" href="#/">
          Agento
        </a>
        <span>runs, and why they came out as they did</span>
        <nav aria-label="Over several runs">
          <a href="#/" aria-current={kind === undefined ? 'page' : undefined}>
            Runs
          </a>
          <a href="#/over" aria-current={kind === 'over' ? 'page' : undefined}>
            Over the last runs
          </a>
          <a href="#/audit" aria-current={kind === 'audit' ? 'page' : undefined}>
            Audit
          </a>
        </nav>
      </header>
      <main id="main" tabIndex={-1}>
        <KeyForm />
        {named.some((id) => !runId.test(id)) ? (
          <p class="failed" role="alert">
            This address names no run: the id of one has 32 hexadecimal digits, in five groups.{' '}
            <a href="#/">All runs</a>
          </p>
        ) : kind === 'runs' && first && second === 'live' ? (
          <LiveView key={first} id={first} />
        ) : kind === 'runs' && first && second === 'review' ? (
          <ReviewView key={first} id={first} />
        ) : kind === 'runs' && first ? (
          <RunView key={first} id={first} route={route} />
        ) : kind === 'compare' && first && second ? (
          <CompareView before={first} now={second} route={route} />
        ) : kind === 'over' ? (
          <OverView route={route} />
        ) : kind === 'audit' ? (
          <AuditView route={route} />
        ) : (
          <RunsView route={route} />
        )}
      </main>
    </>
  );
}

function toMain(): void {
  document.getElementById('main')?.focus();
}
