export { type Chain, eventually, exporting, type ServiceProcess, startChain, stopService } from './chain.ts';
export { allEvents, post, postForEvents } from './post.ts';
