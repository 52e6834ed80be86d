import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { commandVariables, modelVariables, offlineVariables, serviceVariables } from '@agento/contracts';
import { libraryVariables, telemetryVariables } from '@agento/tracing';
import { metricsVariables } from '@agento/tracing/variables';
import { expect, test } from 'vitest';

const file = readFileSync(new URL('../../../.env.example', import.meta.url), 'utf8');
const tables = {
  ...modelVariables,
  ...serviceVariables,
  ...commandVariables,
  ...offlineVariables,
  ...telemetryVariables,
  ...metricsVariables,
  ...libraryVariables,
};

/** The variables the file would set if every line `# NAME=…` were taken in. */
const named = parseEnv(file.replaceAll(/^# (?=[A-Z][A-Z0-9_]*=)/gm, ''));

test('.env.example names every variable with its default, and no other but the example of one agent’s model.', () => {
  expect(named).toEqual({
    ...Object.fromEntries(Object.entries(tables).map(([name, variable]) => [name, variable.default])),
    AGENTO_MODEL_ITEM_EVALUATOR: '',
  });
});

test('.env.example says of each what it is for, in the words of its table.', () => {
  const prose = file.replaceAll(/\n# /g, ' ');

  for (const { description } of Object.values(tables)) expect(prose).toContain(` ${description}.`);
});

test('.env.example sets nothing by itself.', () => {
  expect(parseEnv(file)).toEqual({});
});
