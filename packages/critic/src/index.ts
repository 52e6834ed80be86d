export { type BackTest, backTest, type Change, type Fire, type RailTest } from './back-test.ts';
export { backTestPage } from './back-test-page.ts';
export { type Critique, type CritiqueCost, critique, critiqueCost, guardrailCritic } from './critic.ts';
export { critiquePage, guardrailsAsYaml } from './critique-page.ts';
export { type Evidence, evidenceOf, type Readings } from './evidence.ts';
export { FindingsError, readFindings } from './findings.ts';
