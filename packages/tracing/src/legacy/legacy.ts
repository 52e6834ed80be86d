import { join } from 'node:path';
import type { DeliveryLog } from '@agento/delivery';
import { writeWhole } from '@agento/files';
import { onCapture } from '../payload.ts';
import { settingsOf } from '../settings.ts';
import { LegacyRecord } from './record.ts';
import { legacyStep } from './step.ts';

export interface LegacyOptions {
  /**
   * Files go to `{dataDir}/legacy/{run id}/module{N}/manual_traces.json`; for attempt n ≥ 2 to `{run
   * id}/attempts/{n}/…`.
   */
  dataDir: string;
  module: { number: number };
  /** Limit on captured steps kept for runs in progress, in bytes. Default 32 MiB. */
  maxBytes?: number;
  /** Called when a file could not be written. */
  log?: DeliveryLog;
}

/** The legacy record, written in addition to the trace while readers migrate. */
export interface Legacy {
  /**
   * Writes the file of an attempt at a run, by default the first. Never rejects: a record that cannot be written must
   * not fail a run.
   */
  finishRun(runId: string, attempt?: number): Promise<void>;
  /** Stops recording and writes the files of runs still in progress. Never rejects. */
  stop(): Promise<void>;
}

/**
 * Records every captured step (`captureStep`) in one redacted file per module and run. Steps captured while content is
 * off, or outside a run, are not recorded.
 */
export function startLegacy(options: LegacyOptions): Legacy {
  const { number } = options.module;
  const record = new LegacyRecord(number, options.maxBytes ?? 32 * 1024 * 1024);
  const stopCapturing = onCapture((stage, captured, span) => {
    const step = settingsOf(span).content ? legacyStep(stage, captured, span) : null;
    if (step) record.add(step);
  });

  async function finishRun(runId: string, attempt = 1): Promise<void> {
    const content = record.take(runId, attempt);
    if (content === null) return;
    const later = attempt === 1 ? [] : ['attempts', String(attempt)];
    const directory = join(options.dataDir, 'legacy', runId, ...later, `module${number}`);
    try {
      await writeWhole(directory, 'manual_traces.json', content);
    } catch (error) {
      options.log?.warn({ error: String(error), directory }, 'The legacy record cannot be written');
    }
  }

  return {
    finishRun,
    async stop() {
      stopCapturing();
      await Promise.all(record.runs.map(({ runId, attempt }) => finishRun(runId, attempt)));
    },
  };
}
