const undertakings = [
  'Open a repair café',
  'Found a choir',
  'Plant a school garden',
  'Publish a cookbook of family recipes',
  'Migrate our Postgres database',
  'Organise a flea market',
  'Hire nurses for a rural clinic',
  'Run a marathon in spring',
];

/** Goals of which no two are alike: so every request to the model belongs to one run. */
export function distinctGoals(count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    const undertaking = undertakings[index % undertakings.length];
    return `${undertaking} with the ${index + 12} people of our street`;
  });
}
