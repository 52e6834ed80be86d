import { useEffect, useRef, useState } from 'preact/hooks';
import type { RunResource, RunSummary } from '../api.ts';
import { goalText } from '../figures.ts';
import { Refused, send } from '../send.ts';

/** Asks whether the run is to be deleted with everything it left, says what goes, and does it. */
export function DeleteRun({
  run: { run_id, goal },
  jaeger,
  onClose,
  onDeleted,
}: {
  run: Pick<RunSummary, 'run_id' | 'goal'>;
  /** The address its trace stays at; null where it goes as well. */
  jaeger: string | null;
  onClose: () => void;
  onDeleted: () => void;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [isAtWork, setIsAtWork] = useState(false);
  const [why, setWhy] = useState<string | null>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const confirm = async () => {
    setIsAtWork(true);
    setWhy(null);
    try {
      await remove(run_id, jaeger === null);
      dialog.current?.close();
      // The button that opened the dialog goes with its row.
      document.getElementById('main')?.focus();
      onDeleted();
    } catch (error) {
      setWhy((error as Error).message);
      setIsAtWork(false);
    }
  };
  return (
    <dialog ref={dialog} class="confirm" aria-labelledby="delete-run" onClose={onClose}>
      <h2 id="delete-run">
        Delete “{goalText(goal).slice(0, 60)}” ({run_id.slice(0, 8)})?
      </h2>
      <p>All attempts at this run go for good:</p>
      <ul>
        <li>its outputs, its plan and its journal, in every module;</li>
        {jaeger === null && <li>its trace, and with it why the plan came out as it did.</li>}
      </ul>
      {jaeger !== null && (
        <p>Its trace stays in Jaeger ({jaeger}), and the run in this list, until its time there is over.</p>
      )}
      {why !== null && (
        <p class="failed" role="alert">
          {why}
        </p>
      )}
      <p class="line">
        <button type="button" disabled={isAtWork} onClick={() => dialog.current?.close()}>
          Keep it
        </button>
        <button type="button" class="bad" disabled={isAtWork} onClick={() => void confirm()}>
          {isAtWork ? 'Deleting …' : 'Delete it'}
        </button>
      </p>
    </dialog>
  );
}

const ended = ['finished', 'failed', 'cancelled'];

/** Rejects with what the server says about what is still there. */
async function remove(id: string, withTrace: boolean): Promise<void> {
  const known = await stateOf(id);
  // It would be cancelled instead.
  if (typeof known === 'string' && !ended.includes(known))
    throw new Error(`The run is ${known.replaceAll('_', ' ')}: cancel it, or wait until it has ended.`);
  if (typeof known === 'string') await send(`./runs/${id}`, { method: 'DELETE' });
  if (!withTrace) {
    if (known instanceof Refused) throw known;
    return;
  }
  await send(`./runs/${id}/evidence`, { method: 'DELETE' }).catch((error: unknown) => {
    // A run need not have left both.
    if (!(error instanceof Refused && error.status === 404 && typeof known === 'string')) throw error;
  });
}

/** What it is at; the answer if the modules do not know it any more. */
async function stateOf(id: string): Promise<string | Refused> {
  try {
    const answer = await send(`./runs/${id}`);
    return ((await answer.json()) as RunResource).state;
  } catch (error) {
    if (error instanceof Refused && error.status === 404) return error;
    throw error;
  }
}
