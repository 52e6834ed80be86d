import type { Domain } from './domain.ts';

/** For goals no walk of life is known for that want something to become otherwise. */
export const generalChanging: Domain = {
  name: 'changing how things are',
  words: [
    'change',
    'improve',
    'reduce',
    'increase',
    'stop',
    'become',
    'quit',
    'win',
    'lower',
    'raise',
    'transform',
    'end',
    'save',
    'prevent',
    'double',
    'overcome',
    'convince',
  ],
  known: [
    'With {subject}, what people do on an average day moves the outcome far more than what they intend.',
    'Attempts at {whole} fade after six weeks unless the surroundings have changed along with the will.',
    'A plain baseline is worth more to {subject} than any number of good reasons.',
  ],
  sources: [
    { title: 'Behaviour-change literature', note: 'Baselines, cues, friction and relapse.' },
    { title: 'Reports on local improvement efforts', note: 'What still held after two years.' },
  ],
  lean: [
    'One lever on {subject} is pulled at a time, and the cheapest comes first.',
    'For {whole} no meeting is held that a note on the door could replace.',
  ],
  bold: [
    'All the causes behind {subject} are tackled in one season, with extra hands to carry it.',
    'Whoever profits from {whole} is asked to put a stake into it.',
  ],
  ties: [
    'On bad days the question is merely what keeps {subject} from sliding back.',
    'The chart for {whole} hangs where people pass it with a cup in hand.',
  ],
  settled: [
    'Everyone concerned shook hands on this step towards {subject}, and the handshake cannot be reopened before the review.',
  ],
  criteria: [
    {
      text: 'The key figure for {subject} moves {n} percent from its baseline and holds there for eight consecutive readings.',
      n: [15, 20, 30],
      why: 'A gain that does not hold was weather rather than change.',
      first: 'a baseline for the key figure is taken by three readings in the case of {subject}',
      second: '{n} percent of movement that holds for eight consecutive ones counts',
    },
    {
      text: 'At least {n} of the ten people most concerned change a named routine and keep it through a stressful period.',
      n: [6, 7, 8],
      why: 'Routines that survive stress are the only ones that count for {subject}.',
      first: 'the people most concerned have named a routine in the case of {subject}',
      second: '{n} in ten should keep it through a stressful period',
    },
    {
      text: 'Side effects are monitored on {n} indicators, none of which worsens by more than a tenth.',
      n: [3, 4],
      why: 'Progress on {subject} can be bought dearly elsewhere.',
      first: 'side effects are monitored in the case of {subject}',
      second: 'none of the {n} indicators worsens by more than a tenth',
    },
    {
      text: 'Causes are ranked by evidence from {n} observed cases prior to any remedy being chosen.',
      n: [15, 20, 30],
      why: 'Remedies chosen by conviction treat the remedy-giver.',
      first: 'causes are ranked by evidence in the case of {subject}',
      second: '{n} observed cases are studied prior to choosing a remedy',
    },
    {
      text: 'Relapses are noticed in less than {n} days and answered by a step agreed in advance.',
      n: [3, 5, 7],
      why: 'Relapse is certain; only the answer to it is open.',
      first: 'relapses are noticed in less than {n} days in the case of {subject}',
      second: 'they are answered by a step agreed in advance',
    },
    {
      text: 'Costs in time and money are below {n} percent of what the present state wastes, shown on one sheet.',
      n: [30, 40, 50],
      why: 'A cure that costs more than the ill finds no successor.',
      first: 'a sheet shows costs in time and money in the case of {subject}',
      second: 'they come to {n} percent of what the present state wastes',
    },
    {
      text: 'Responsibility rests with {n} named people after the initiators withdraw, confirmed in an open meeting.',
      n: [2, 3, 4],
      why: 'What depends on its initiators ends with their patience.',
      first: 'an open meeting confirmed who is named in the case of {subject}',
      second: 'responsibility rests with {n} people after the initiators withdraw',
    },
  ],
  topics: [
    {
      title: 'Measure how things stand',
      description: 'For three weeks nothing about {subject} is altered, and everything about it is noted.',
      owner: 'the observer',
      due: 'by the end of week 3',
      steps: [
        'Two people note {subject} independently at fixed hours.',
        'Good days are examined as closely as bad ones.',
        'The figure that best describes {whole} is chosen at the end and not before.',
      ],
      measure: 'Both observers of {subject} differ by less than a tenth.',
      risk: 'Observation alone will improve {subject} a little, so the third week counts most.',
    },
    {
      title: 'Find the causes that matter',
      description:
        'The chain that leads to the present state of {subject} is traced backwards until something can be moved.',
      owner: 'the investigator',
      due: 'by the end of week 5',
      steps: [
        'Twenty actual occurrences around {subject} are retold minute by minute.',
        'Each alleged cause must explain a good day as well.',
        'The three causes that remain for {whole} are ordered by how easily they move.',
      ],
      measure: 'Removing the first cause for a day visibly alters {subject}.',
      risk: 'A favourite explanation of {subject} gets an opponent by lot.',
    },
    {
      title: 'Agree on a direction',
      description:
        'Those who bear the consequences of {subject} decide together what better means and what it may cost.',
      owner: 'the convenor',
      due: 'by the end of week 6',
      steps: [
        'Everyone writes down what a good Thursday with {subject} would look like.',
        'Conflicting wishes about {whole} are read out before they are weighed.',
        'One sentence and one number are adopted.',
      ],
      measure: 'Nobody is surprised by the number for {subject} a month later.',
      risk: 'Those who lose by {subject} are offered something before they ask.',
    },
    {
      title: 'Change the surroundings',
      description:
        'Objects, times and defaults are rearranged so that {subject} moves without constant effort.',
      owner: 'the arranger',
      due: 'by the end of week 8',
      steps: [
        'The undesired way is lengthened by twenty steps or two minutes.',
        'What helps {subject} is placed at eye level and at the right hour.',
        'Reminders about {whole} are removed once the arrangement works without them.',
      ],
      measure: 'On five ordinary days {subject} goes right without anybody thinking of it.',
      risk: 'If people walk round the arrangement, they are asked to redesign it.',
    },
    {
      title: 'Try the first lever',
      description: 'A single measure against the foremost cause runs for a month with a stopping rule.',
      owner: 'the trial lead',
      due: 'in weeks 8 to 12',
      steps: [
        'Half of the occasions get the measure and the other half wait.',
        'Figures for {subject} are drawn by hand every evening.',
        'After the month it is kept, altered or dropped for {whole}.',
      ],
      measure: 'The two halves differ on {subject} by more than the noise of the baseline.',
      risk: 'A measure that annoys without effect on {subject} ends after ten days.',
    },
    {
      title: 'Win the hesitant',
      description:
        'Those who hold back about {subject} are visited singly, listened to and given a small role.',
      owner: 'the mediator',
      due: 'in weeks 9 to 14',
      steps: [
        'Objections to {subject} are restated until their owner agrees with the wording.',
        'Early friends of {whole} tell their story rather than argue.',
        'Sceptics count the results themselves.',
      ],
      measure: 'Half of the hesitant have tried {subject} once of their own accord.',
      risk: 'Pressure backfires with {subject}, so a free no is respected in public.',
    },
    {
      title: 'Prepare for relapse',
      description:
        'Holidays, illness and haste will pull {subject} back, and the way forward again is laid beforehand.',
      owner: 'the caretaker',
      due: 'by the end of week 14',
      steps: [
        'The last three relapses around {subject} are described without blame.',
        'For each a first small step back is written on a card.',
        'A friend of {whole} may ask about the card at any time.',
      ],
      measure: 'After the next slip, {subject} is back on course within four days.',
      risk: 'Two slips in a week call for rest before resolve.',
    },
    {
      title: 'Widen what worked',
      description:
        'Measures that moved {subject} are passed on to further places, and the others are ended with thanks.',
      owner: 'the multiplier',
      due: 'in weeks 15 to 22',
      steps: [
        'Each new place adapts the measure and reports what it changed.',
        'A half-day visit replaces the handbook on {subject}.',
        'Figures for {whole} from all places share one sheet.',
      ],
      measure: 'In three of four new places {subject} moves at least two thirds as far.',
      risk: 'Growth stops where {subject} depends on one gifted person.',
    },
    {
      title: 'Settle into the everyday',
      description: 'Attention is withdrawn bit by bit to find out whether {subject} stays without it.',
      owner: 'the successor',
      due: 'from week 23 on',
      steps: [
        'Readings for {subject} go from daily to weekly and then to monthly.',
        'The chart comes down and is put up again if {whole} drifts.',
        'A short feast marks the day on which nobody mentioned it.',
      ],
      measure: 'Three monthly readings of {subject} in a row stay within the agreed band.',
      risk: 'New arrivals learn about {subject} from a neighbour in their first week.',
    },
  ],
};
