import type { Domain } from './domain.ts';

export const community: Domain = {
  name: 'community life',
  words: [
    'community',
    'neighbourhood',
    'neighborhood',
    'neighbours',
    'village',
    'town',
    'repair café',
    'street party',
    'festival',
    'library of things',
    'volunteers',
    'club',
    'association',
    'residents',
    'youth centre',
    'block party',
    'town hall',
    'meetup',
    'fair',
    'market day',
    'local',
    'gathering',
    'clubhouse',
    'gemeinde',
    'dorf',
    'quartier',
    'barrio',
  ],
  known: [
    'Neighbourhood projects that last are opened by a named core of four to eight volunteers and survive the first winter because that core is replaced in good time.',
    'Regular opening hours matter more than long ones: people come back to a place that is open every second Saturday without fail.',
    'Guests become helpers when they are asked for one small thing at the door, far more often than through appeals in the newspaper.',
    'Rooms lent by a parish, school or fire brigade cost little, but the insurance question decides whether they stay available.',
  ],
  sources: [
    {
      title: 'Handbooks of volunteer-run neighbourhood places',
      note: 'What organisers say about rooms, rotas and insurance.',
    },
    {
      title: 'Municipal guidance on public gatherings',
      note: 'Permits, fire safety and liability for volunteers.',
    },
    {
      title: 'Annual reports of local associations',
      note: 'Visitor counts and running costs over several years.',
    },
  ],
  lean: [
    'It is tried on two Saturdays with borrowed tables before anyone signs for a room.',
    'Nothing is bought that a neighbour can lend for a season.',
    'Four people who already know one another carry it, and nobody else is needed to begin.',
  ],
  bold: [
    'It is laid out so that two neighbouring parishes can copy it in the second year.',
    'A paid coordinator for ten hours a week is part of the picture from the autumn on.',
    'The mayor is asked to open it, because a public promise makes later support easier.',
  ],
  ties: [
    'Anyone who passes the notice board should grasp what {subject} offers before the kettle boils.',
    'People talk about {whole} at the bakery first, so that is where the questions are collected.',
    'A hand-drawn sign for {subject} at the crossroads does more than a website nobody looks up.',
  ],
  settled: [
    'The room agreement for this part is signed for a season on these terms and cannot be reopened before it runs out.',
    'The parish council has voted on exactly this arrangement, and its decision cannot be reopened until the spring session.',
  ],
  criteria: [
    {
      text: 'At least {n} different visitors come through the door within the first three months, counted in the guest register.',
      n: [90, 120, 150, 200],
      why: 'A place nobody visits serves nobody, and a register shows whether the same ten faces return or new ones arrive.',
      first: 'every visitor is counted in the guest register',
      second: '{n} different people should have come through the door after three months',
    },
    {
      text: 'A rota of {n} trained volunteers covers every opening without anyone serving more than twice a month.',
      n: [9, 12, 14],
      why: 'Volunteer fatigue closes more places than lack of money does.',
      first: 'a rota shows which volunteers cover which opening',
      second: '{n} people are trained for it, so that nobody is serving more than twice',
    },
    {
      text: 'Running costs stay below {n} euros a quarter and are met from donations and room sponsorship, as the cash book proves.',
      n: [400, 600, 750],
      why: 'A modest, proven budget keeps the doors open when the first grant ends.',
      first: 'running costs are written in the cash book and held below {n} euros',
      second: 'donations and a room sponsorship meet them each quarter',
    },
    {
      text: 'Public liability insurance and the fire officer’s approval of the premises are in hand {n} days before opening.',
      n: [14, 21, 30],
      why: 'Without cover a single accident ends the undertaking and hurts those who meant well.',
      first: 'public liability insurance covers the premises',
      second: 'the fire officer’s approval is in hand {n} days ahead',
    },
    {
      text: 'At least {n} percent of guests asked at the exit say they would return and bring a neighbour along.',
      n: [75, 80, 85],
      why: 'Whether people come back and talk about it is the plainest verdict on a shared place.',
      first: 'guests are asked at the exit whether they would return',
      second: '{n} of a hundred should answer that they would bring a neighbour along',
    },
    {
      text: 'Residents over seventy and families with small children each make up {n} percent of attendance, noted by the welcome desk.',
      n: [15, 20, 25],
      why: 'A shared place has to be shared by more than the people who founded it.',
      first: 'the welcome desk notes how many families come',
      second: 'small children and residents over seventy are to make up {n} percent of attendance each',
    },
    {
      text: 'Step-free access, clear signage and a quiet corner are provided and checked by {n} people with disabilities before launch.',
      n: [2, 3, 4],
      why: 'Access that was never tried by those who rely on it tends to fail on the first day.',
      first: 'step-free access and clear signage are provided',
      second:
        '{n} people with disabilities have checked them, along with the quiet corner, ahead of the launch',
    },
    {
      text: 'Complaints from adjoining households remain under {n} a month and each gets a personal reply within five days.',
      n: [2, 3],
      why: 'Goodwill next door is the licence that no office can grant.',
      first: 'each complaint gets a personal reply',
      second: 'no more than {n} should remain from adjoining households',
    },
  ],
  topics: [
    {
      title: 'Win a founding circle of neighbours',
      description:
        'Six to eight people with different trades and free evenings agree to carry the first year, and each takes one named duty.',
      owner: 'the founding circle’s speaker',
      due: 'by the end of week 3',
      steps: [
        'A first evening in the back room of the inn collects what people can do, from book-keeping to soldering, on a wall of index cards.',
        'Those who cannot promise a year are written down as occasional hands, which is welcomed rather than regretted.',
        'Two evenings later the duties are shared out and typed on a single page that hangs in the hallway.',
      ],
      measure: 'Success is seven signatures under that page and a deputy beside every name.',
      risk: 'Should the circle shrink below five, recruiting takes precedence over every other evening’s agenda.',
    },
    {
      title: 'Secure a room people already know',
      description:
        'A hall, workshop or former shop within walking distance is lent or rented on terms that leave room for a trial.',
      owner: 'the room scout',
      due: 'by the end of week 6',
      steps: [
        'Parish hall, school canteen and the empty hardware shop are viewed with a tape measure, a socket tester and a pushchair.',
        'The landlord hears what the evenings will sound like, and a quiet hour after nine is written into the agreement.',
        'Keys, heating and cleaning are settled on paper, because that is where friendly arrangements usually break.',
      ],
      measure:
        'The room counts as found when three test evenings have been held in it without a single blown fuse.',
      risk: 'If the landlord withdraws, the school canteen stays reserved as the second choice through the autumn.',
    },
    {
      title: 'Set the opening rhythm',
      description:
        'Fixed Saturdays are announced half a year ahead, with the tasks of an ordinary afternoon written from unlocking to sweeping.',
      owner: 'the rota keeper',
      due: 'by the end of week 8',
      steps: [
        'The calendar avoids fair weekends and home matches, since nobody can compete with either.',
        'An ordinary afternoon is rehearsed from the first kettle to the last chair, with a stopwatch and a lot of laughter.',
        'Anyone who cannot come swaps with a neighbour directly and merely pencils the change on the wall.',
      ],
      measure: 'Eight afternoons in a row that open at the printed minute show the rhythm holds.',
      risk: 'Flu season is the weak spot, so a shortened programme for three helpers lies ready in the drawer.',
    },
    {
      title: 'Equip the tables',
      description:
        'Furniture, tools and crockery are gathered from attics and closing shops, tested, labelled and insured.',
      owner: 'the storekeeper',
      due: 'by the end of week 9',
      steps: [
        'A list with pictures goes round the streets, and what is offered gets collected with a borrowed van on one morning.',
        'Every electrical device is tested by the retired electrician before it may touch a socket.',
        'Shelves carry photographs of what belongs where, so that strangers can put things away.',
      ],
      measure: 'The store is complete when a newcomer can set four tables in twenty minutes without asking.',
      risk: 'Gifts in poor shape clutter the room; the rule is that two leave for each one that stays.',
    },
    {
      title: 'Tell the streets about it',
      description:
        'Flyers, the parish letter and personal invitations reach every household, in the languages spoken there.',
      owner: 'the voice of the project',
      due: 'by the end of week 10',
      steps: [
        'Children from the fourth grade paint the poster, which brings their parents to see it hung.',
        'The butcher, the pharmacy and the mosque each get a stack of cards and a sentence to say with them.',
        'Two radio minutes on the Thursday before are worth more than a month of posts, so they are booked early.',
      ],
      measure:
        'Asking fifty people at the weekly stalls, at least thirty should know the date without prompting.',
      risk: 'Where word does not spread, the speaker knocks at doors on two evenings rather than print again.',
    },
    {
      title: 'Open with a day worth remembering',
      description:
        'The first public day shows what the place is for, with something to do at every table and soup at noon.',
      owner: 'the host of the day',
      due: 'in week 12',
      steps: [
        'Five tables each show one thing that visitors may try with their own hands before anyone gives a speech.',
        'The speech itself takes four minutes and names those who carried chairs.',
        'A large sheet at the way out asks what was missing, and someone stands beside it with a pen.',
      ],
      measure: 'The day has worked if the sheet is full and twenty people have left an address.',
      risk: 'Rain moves the soup indoors; the fire brigade’s tent is promised in case the hall overflows.',
    },
    {
      title: 'Look after the helpers',
      description:
        'Training, thanks and clear limits keep people glad to come, and an exit without guilt keeps them friends.',
      owner: 'the helpers’ contact',
      due: 'every six weeks',
      steps: [
        'New hands shadow an experienced one on two afternoons before they stand alone.',
        'Every sixth week ends with a shared supper where grievances are aired before they harden.',
        'Someone who wants to stop says so to one person, hands over a page of notes and gets a proper farewell.',
      ],
      measure:
        'No more than two people leaving in a half-year, and a replacement shadowing before either is gone.',
      risk: 'When two duties rest on one pair of shoulders, the circle halves the programme instead of the person.',
    },
    {
      title: 'Keep the money plain',
      description:
        'A cash tin, a notebook and two pairs of eyes account for each coin, and the balance hangs on the wall.',
      owner: 'the treasurer',
      due: 'on the first Monday of each quarter',
      steps: [
        'The tin is counted by two people after each afternoon and the sum initialled on the spot.',
        'The savings bank’s foundation is asked for a starting grant with a one-page letter and three photographs.',
        'Larger purchases wait for a show of hands, which has stopped more nonsense than any statute.',
      ],
      measure: 'The books agree to the cent at every quarter’s end and any visitor may leaf through them.',
      risk: 'A lean winter is bridged by a reserve worth two months of rent, untouched otherwise.',
    },
    {
      title: 'Listen, count and adjust',
      description:
        'After each season numbers and remarks are read aloud, and one thing is changed rather than ten.',
      owner: 'the chronicler',
      due: 'at the close of each season',
      steps: [
        'Tallies from the door, remarks from the sheet and the mood at the table are laid side by side.',
        'The circle chooses one change, tries it for eight weeks and writes down what became of it.',
        'What failed is told openly at the annual meeting, since the next village learns most from that.',
      ],
      measure: 'Three seasons, three changes, and a page for each that says whether it was worth it.',
      risk: 'Numbers can flatter; a quiet walk past the tables with a stranger’s eyes corrects them.',
    },
  ],
};
