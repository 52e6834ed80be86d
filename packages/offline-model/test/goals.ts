/** Ten goals that have nothing in common, two of them with a context. */
const bakery = `Three of us want to open the bakery: Ana bakes, Tom does the books, and Mira has run a café before.
We have €38,000 in savings and a promised loan of €15,000, and nothing beyond that.
The shop on Mill Lane is ours from 1 March, and the lease runs for five years.
The bakery must open before 1 June. Mornings are short: the street is quiet after ten.

- The oven that is already there is old and has not been used for two years.
- We can work at most 50 hours a week each.
- Bread is to be sold only on the day it is baked.
- A food licence is needed before anything is sold.
- No customer may come to harm through an allergy.
- Flour comes from the mill at Haydon, which delivers on Tuesdays.
- People in the street say that they miss a place to sit.
- We do not want to borrow more than the promised loan.
- The upstairs neighbours must not be woken before six.

What worries us most is the oven. The second worry is that none of us has ever employed anybody.`;

const choir = `The choir has 34 singers, most of whom work. The tour may take no more than nine days.
Our savings are €12,000, and nobody should pay more than €200 of their own. Two singers cannot fly.`;

export const goals: readonly { goal: string; context?: string }[] = [
  { goal: 'Migrate our Postgres 12 database to version 16 with no more than 10 minutes of downtime' },
  { goal: 'Open a small neighbourhood bakery', context: bakery },
  { goal: 'Eröffne in Görlitz eine kleine Bäckerei mit höchstens 40.000 € Startkapital' },
  { goal: 'تنظيم مهرجان للأطفال في القرية' },
  { goal: 'Make things better' },
  { goal: 'Teach my goldfish to file taxes on the moon' },
  { goal: 'Open a repair café in a small town' },
  { goal: 'Run a marathon in under four hours next spring' },
  { goal: 'Take our choir on an international tour', context: choir },
  { goal: 'Hire ten nurses for a rural clinic within six months' },
];
