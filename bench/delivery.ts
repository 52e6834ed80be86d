/**
 * What delivery costs: CPU of the process per span, with Agento's delivery and with the SDK's own
 * BatchSpanProcessor and OTLPTraceExporter (gzip), both sending the same spans to the same receiver, which
 * runs in a worker thread's place: another process. Rounds alternate, so that both meet the same machine.
 *
 *     node bench/delivery.ts [rounds]
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
