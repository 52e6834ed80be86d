/** What the examples share: what their tool finds, what it decides, and how an answer is judged. Nothing here is real. */
const workshops = [
  { id: 'spokes', label: 'Spokes & Sons', district: 'Leith', scores: { price: 3, opening: 2, total: 5 } },
  { id: 'pedal', label: 'The Pedal Room', district: 'Leith', scores: { price: 4, opening: 4, total: 8 } },
  {
    id: 'chain',
    label: 'Chain Reaction',
    district: 'Morningside',
    scores: { price: 2, opening: 5, total: 7 },
  },
];

export const districts = ['Leith', 'Morningside'];

/** The decision for the best workshop of a district, as `recordDecision` takes it. */
export function choiceIn(district) {
  const [best, ...others] = workshops
    .filter((workshop) => workshop.district === district)
    .sort((one, other) => other.scores.total - one.scores.total);
  return {
    kind: 'workshop_choice',
    candidates: [best, ...others].map(({ id, label, scores }) => ({ id, label, scores })),
    chosen: [best.id],
    rejected: others.map(({ id }) => ({ id, reason: 'its total is lower' })),
    reason: `${best.label} has the highest total`,
    ...(others.length > 0 && { margin: best.scores.total - others[0].scores.total }),
  };
}

/** Whether an answer names a workshop, as `recordVerdict` takes it. */
export function verdictOn(answer) {
  const named = workshops.find(({ label }) => answer.includes(label));
  return {
    name: 'names_a_workshop',
    score: named ? 1 : 0,
    label: named ? 'pass' : 'fail',
    explanation: named ? `It names ${named.label}` : 'It names none of the workshops',
  };
}
