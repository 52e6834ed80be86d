import type { Domain } from './domain.ts';

/** For goals no walk of life is known for that bring something into being. */
export const generalMaking: Domain = {
  name: 'bringing something into being',
  words: [
    'create',
    'build',
    'make',
    'design',
    'develop',
    'found',
    'launch',
    'establish',
    'produce',
    'set up',
    'invent',
    'assemble',
    'host',
    'organise',
    'organize',
  ],
  known: [
    'Undertakings like {subject} succeed when one person owns the result and the first rough version is seen early.',
    'What is said about {whole} at the outset is usually too large by half, and cutting it early costs nothing.',
    'Those who will live with {subject} notice within minutes what its makers overlooked for weeks.',
  ],
  sources: [
    {
      title: 'General accounts of comparable undertakings',
      note: 'What their makers would do earlier the next time.',
    },
    { title: 'Handbooks of project work', note: 'Scope, ownership, trial and handover.' },
  ],
  lean: [
    'Only the smallest form of {subject} that anyone would miss is attempted.',
    'For now {whole} has to get by on what already lies in drawers and cellars.',
  ],
  bold: [
    'From the beginning {subject} is laid out at twice the size first thought of.',
    'A second place is meant to take {subject} over within two years.',
  ],
  ties: [
    'Anybody who hears of {subject} should want to know when it can be seen.',
    'The words in which {whole} is described to a child are kept as its official description.',
  ],
  settled: [
    'The sponsor has signed for this part of {subject} as it stands, and that cannot be reopened before the first showing.',
  ],
  criteria: [
    {
      text: 'A working first version of {subject} is shown to {n} outsiders by the agreed date, with their remarks on record.',
      n: [8, 12, 20],
      why: 'Only what outsiders have seen can be judged, and {subject} is easiest to change while it is rough.',
      first: 'a working version of {subject} is shown to outsiders',
      second: 'the remarks of {n} of them are on record by the agreed date',
    },
    {
      text: 'Total effort and expense stay within {n} percent of the estimate, reconciled in a ledger open to all contributors.',
      n: [8, 10, 15],
      why: 'An estimate that nobody reconciles is a wish, and {whole} has no use for wishes.',
      first: 'effort and expense are reconciled in a ledger in the case of {subject}',
      second: 'open to all contributors, it stays {n} percent around the estimate',
    },
    {
      text: 'At least {n} of ten intended beneficiaries say that {subject} solves the difficulty they described beforehand.',
      n: [7, 8, 9],
      why: 'The people meant to benefit from {subject} are its only competent judges.',
      first: 'intended beneficiaries have described what troubles them in the case of {subject}',
      second: '{n} of ten should say that {subject} solves the difficulty they named beforehand',
    },
    {
      text: 'Named owners with deputies answer for all {n} work packages, and no package waits longer than a week for a decision.',
      n: [6, 8, 9],
      why: 'Most delay around {subject} will come from waiting rather than from work.',
      first: 'named owners with deputies answer for the work in the case of {subject}',
      second: 'of the {n} packages none waits long for a decision',
    },
    {
      text: 'The five gravest hazards are listed with a trigger and a countermeasure, and {n} of them have been rehearsed.',
      n: [2, 3],
      why: 'A countermeasure that was rehearsed is the only sort that works under pressure.',
      first: 'the gravest hazards are listed with a trigger in the case of {subject}',
      second: '{n} have been rehearsed together with their countermeasure',
    },
    {
      text: 'Upkeep is funded and staffed for {n} years in a signed commitment before completion.',
      n: [2, 3],
      why: 'Without upkeep, {subject} begins to fall apart on the day it is finished.',
      first: 'upkeep is funded and staffed in the case of {subject}',
      second: 'a signed commitment covers {n} seasons before completion',
    },
    {
      text: 'Instructions allow a stranger to operate and repair {subject} in {n} trial sessions without assistance.',
      n: [3, 4, 5],
      why: 'Knowledge that lives in a single head leaves with it.',
      first: 'instructions tell a stranger how to operate and repair it in the case of {subject}',
      second: '{n} trial sessions without assistance prove that',
    },
  ],
  topics: [
    {
      title: 'Say what it is for',
      description:
        'A page states whom {subject} serves, what changes for them and what is deliberately left out.',
      owner: 'the initiator',
      due: 'by the end of week 2',
      steps: [
        'Five people who would profit from {subject} are asked what they do without it today.',
        'Their answers are laid beside the initiator’s own picture of {whole}, and the differences are circled.',
        'A closing paragraph names what {subject} will not try to be.',
      ],
      measure: 'All five can tell from that page whether {subject} is meant for them.',
      risk: 'If the circle of people stays vague, {subject} is narrowed to the one group that asked twice.',
    },
    {
      title: 'Look at those who did it before',
      description: 'Comparable attempts are visited or read about, above all those that stopped.',
      owner: 'the scout',
      due: 'by the end of week 4',
      steps: [
        'Three attempts similar to {subject} are found, one of them abandoned.',
        'Their people are asked over a meal what {whole} would cost in patience.',
        'A table shows what to borrow, what to avoid and what nobody knows.',
      ],
      measure: 'Six borrowed ideas and six avoided mistakes stand beside {subject} in that table.',
      risk: 'Should no precedent for {subject} exist, its nearest relative in another trade is studied.',
    },
    {
      title: 'Sketch and choose a form',
      description:
        'Four different forms of {subject} are roughed out in a day each and compared by those concerned.',
      owner: 'the lead maker',
      due: 'by the end of week 6',
      steps: [
        'Each sketch of {subject} begins from a different constraint, namely time, money, beauty or ease.',
        'Beneficiaries sort the sketches without hearing who drew them.',
        'The winner takes over the best detail of each loser.',
      ],
      measure: 'Two thirds of those asked place the same form of {subject} first.',
      risk: 'A split vote on {subject} leads to a trial of both for one week.',
    },
    {
      title: 'Gather means and hands',
      description:
        'Materials, money, rooms and people for {subject} are promised in writing before the work begins.',
      owner: 'the organiser of means',
      due: 'by the end of week 9',
      steps: [
        'A list of everything {subject} needs is divided into owned, borrowed, bought and begged.',
        'Promises are confirmed with a date and a name.',
        'What {whole} lacks after that is cut or postponed.',
      ],
      measure: 'Nine tenths of the list for {subject} bear a name and a date.',
      risk: 'For the two scarcest things that {subject} needs, a substitute has been tried.',
    },
    {
      title: 'Make the first rough version',
      description: 'Within a month something exists that behaves like {subject}, however plain it looks.',
      owner: 'the lead maker',
      due: 'by the end of week 13',
      steps: [
        'The riskiest part of {subject} is made first and the prettiest last.',
        'Work stops each Friday at noon to show what there is of {whole}.',
        'Whatever breaks is repaired by someone other than its maker.',
      ],
      measure: 'An outsider recognises {subject} without an explanation.',
      risk: 'If the risky part of {subject} resists for two weeks, the form is simplified.',
    },
    {
      title: 'Try it with real people',
      description: 'Those for whom {subject} is meant use it unaided while the makers keep silent.',
      owner: 'the host of the trials',
      due: 'in weeks 14 to 17',
      steps: [
        'Six trials of {subject} take place where it will finally be used.',
        'Hesitations are noted with a time, compliments without.',
        'After every second trial one thing about {subject} is altered.',
      ],
      measure: 'In the sixth trial {subject} causes less than half of the first trial’s hesitations.',
      risk: 'Polite testers of {subject} are asked to explain it to a friend instead.',
    },
    {
      title: 'Finish what matters',
      description:
        'The list left over from the trials is worked through by weight, and the rest of {subject} is declared done.',
      owner: 'the finisher',
      due: 'by the end of week 21',
      steps: [
        'Each open point is weighed by how many people met it while using {subject}.',
        'Safety, access and repair come before polish.',
        'A stranger signs for {whole} on the last day.',
      ],
      measure: 'No point above the line drawn for {subject} remains open.',
      risk: 'Late ideas about {subject} go onto a sheet for the following year.',
    },
    {
      title: 'Present it to the world',
      description:
        'A modest occasion hands {subject} to those it was made for and tells the rest how to join.',
      owner: 'the herald',
      due: 'in week 22',
      steps: [
        'Invitations to {subject} go first to everyone who lent something.',
        'The occasion shows {whole} in use, with speeches of two minutes.',
        'Questions are collected on cards and answered within the week.',
      ],
      measure: 'Half of those present come back to {subject} within a month.',
      risk: 'An empty occasion is repeated where people gather anyway.',
    },
    {
      title: 'Keep it going',
      description: 'Care, money and responsibility for {subject} pass to people who want them.',
      owner: 'the steward',
      due: 'from week 23 on',
      steps: [
        'A calendar of care for {subject} hangs where it is used.',
        'Each quarter three figures decide whether {whole} is changed, left or closed.',
        'The makers withdraw in steps that were announced.',
      ],
      measure: 'Half a year on, {subject} runs for a month without a call to its makers.',
      risk: 'If no steward comes forward, {subject} is given to an institution that asked for it.',
    },
  ],
};
