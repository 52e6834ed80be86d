export { type BackTest, backTest, type Change, type Fire, type RailTest } from './back-test.ts';
export { backTestPage } from './back-test-page.ts';
