import { arts } from './arts.ts';
import { business } from './business.ts';
import { community } from './community.ts';
import { construction } from './construction.ts';
import type { Domain } from './domain.ts';
import { education } from './education.ts';
import { environment } from './environment.ts';
import { food } from './food.ts';
import { generalChanging } from './general-changing.ts';
import { generalMaking } from './general-making.ts';
import { generalUnderstanding } from './general-understanding.ts';
import { health } from './health.ts';
import { manufacturing } from './manufacturing.ts';
import { nonprofit } from './nonprofit.ts';
import { people } from './people.ts';
import { policy } from './policy.ts';
import { publishing } from './publishing.ts';
import { research } from './research.ts';
import { software } from './software.ts';
import { travel } from './travel.ts';

/** The walks of life the offline model knows. Where two fit a goal equally well, the earlier one is taken. */
export const domains: readonly Domain[] = [
  community,
  health,
  food,
  software,
  education,
  research,
  construction,
  travel,
  publishing,
  arts,
  nonprofit,
  environment,
  policy,
  people,
  manufacturing,
  business,
];

/** For every other goal; they build their sentences out of the goal's own words. */
export const generalDomains: readonly Domain[] = [generalMaking, generalChanging, generalUnderstanding];
