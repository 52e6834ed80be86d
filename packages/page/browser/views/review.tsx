import type { Review, ReviewDecision, ReviewedRequest } from '@agento/contracts';
import { useState } from 'preact/hooks';
import { useAnswer } from '../api.ts';
import { score } from '../figures.ts';
import { Await } from '../parts/loaded.tsx';
import { ofRun } from '../parts/page-view.tsx';
import { send } from '../send.ts';

/** What a person decides about revision requests: each with its verdicts and what the approver thought. */
export function ReviewView({ id }: { id: string }) {
  const answer = useAnswer<'review'>(`./runs/${id}/review`);
  return (
    <>
      <h1>Review</h1>
      <Await of={answer} what="what there is to decide">
        {(review) => (review.waiting ? <Decide review={review} /> : <Decided review={review} />)}
      </Await>
    </>
  );
}

function Decided({ review }: { review: Review }) {
  const given = review.review;
  return (
    <>
      <p>
        {review.goal}:{' '}
        {given === null ? 'this run waits for no decision.' : `decided by ${given.by} at ${given.at}.`}
      </p>
      <ul>
        {given?.decisions.map(({ request, decision, text, reason }) => (
          <li key={request}>
            {request}: {decision}
            {text && `, in its place: ${text}`}
            {reason && ` (${reason})`}
          </li>
        ))}
      </ul>
      <a class="button" href={ofRun(review.run_id, 'live')}>
        Watch the run
      </a>
    </>
  );
}

type Draft = Pick<ReviewDecision, 'decision'> & { text: string; reason: string };

function Decide({ review }: { review: Review }) {
  const [drafts, setDrafts] = useState(
    () =>
      new Map<string, Draft>(
        review.requests.map(({ id, request, approver }) => [
          id,
          { decision: approver.approved ? 'approve' : 'reject', text: request, reason: '' },
        ]),
      ),
  );
  const [said, setSaid] = useState('');
  const post = async () => {
    setSaid('sent …');
    const decisions = [...drafts].map(([request, { decision, text, reason }]) => ({
      request,
      decision,
      ...(decision === 'reword' && { text }),
      ...(reason.trim() !== '' && { reason }),
    }));
    try {
      await send(`./runs/${review.run_id}/review`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ decisions } satisfies { decisions: ReviewDecision[] }),
      });
      location.hash = ofRun(review.run_id, 'live');
    } catch (error) {
      setSaid((error as Error).message);
    }
  };
  return (
    <form
      class="review"
      onSubmit={(event) => {
        event.preventDefault();
        void post();
      }}
    >
      <p>
        {review.goal}: the run waits for a decision about each of these. What is chosen now is what the
        RevisionEvaluator decided.
      </p>
      {review.requests.map((request) => {
        const draft = drafts.get(request.id);
        return draft === undefined ? null : (
          <Request
            key={request.id}
            request={request}
            draft={draft}
            change={(part) =>
              setDrafts((all) => new Map([...all, [request.id, { ...draft, ...part }] as [string, Draft]]))
            }
          />
        );
      })}
      <p class="line">
        <button type="submit">Decide, and go on</button>
        <span role="status">{said}</span>
      </p>
    </form>
  );
}

const choices = ['approve', 'reject', 'reword'] as const;

function Request({
  request,
  draft,
  change,
}: {
  request: ReviewedRequest;
  draft: Draft;
  change: (part: Partial<Draft>) => void;
}) {
  const { id, item_title, item_description, verdicts, approver, targeted_criteria } = request;
  const failed = verdicts.filter(({ criterion_id }) => targeted_criteria.includes(criterion_id));
  return (
    <fieldset>
      <legend>{item_title}</legend>
      <p>
        <strong>Asked:</strong> {request.request}
      </p>
      <p class="quiet">{request.reasoning}</p>
      <ul>
        {failed.map(({ criterion_id, criteria, result, score: value, reasoning }) => (
          <li key={criterion_id}>
            {criterion_id} “{criteria}”: <span class={result === 'pass' ? 'good' : 'bad'}>{result}</span>{' '}
            {score(value)}. {reasoning}
          </li>
        ))}
      </ul>
      <p class="quiet">
        The RevisionEvaluator {approver.approved ? 'approved' : 'rejected'} it: {approver.reasoning}
      </p>
      <details>
        <summary>The item as it is</summary>
        <p class="words">{item_description}</p>
      </details>
      <div class="line">
        {choices.map((word) => (
          <label key={word}>
            <input
              type="radio"
              name={id}
              checked={draft.decision === word}
              onChange={() => change({ decision: word })}
            />{' '}
            {word}
          </label>
        ))}
      </div>
      {draft.decision === 'reword' && (
        <label>
          In other words
          <textarea
            required
            rows={3}
            value={draft.text}
            onInput={(event) => change({ text: event.currentTarget.value })}
          />
        </label>
      )}
      <label>
        Reason{draft.decision === 'approve' ? ', if there is one' : ''}
        <textarea
          required={draft.decision !== 'approve'}
          rows={2}
          value={draft.reason}
          onInput={(event) => change({ reason: event.currentTarget.value })}
        />
      </label>
    </fieldset>
  );
}
