import { EnvironmentError, readEnvironment } from '@agento/contracts';
import { TracingConfigError } from '../library/config.ts';
import type { Settings } from '../settings.ts';
import { telemetryVariables } from '../variables.ts';

const { OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT, TRACE_COMPRESSION_THRESHOLD } =
  telemetryVariables;
const variables = { OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT, TRACE_COMPRESSION_THRESHOLD };

/** What is recorded of content: no more than the code and the environment both allow. Throws a TracingConfigError. */
export function readContentSettings(
  content = true,
  env: NodeJS.ProcessEnv,
): Pick<Settings, 'content' | 'compressionThreshold'> {
  try {
    const values = readEnvironment(variables, env);
    return {
      content: content && values.OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT !== 'NO_CONTENT',
      compressionThreshold: values.TRACE_COMPRESSION_THRESHOLD,
    };
  } catch (error) {
    throw error instanceof EnvironmentError ? new TracingConfigError(error.problems) : error;
  }
}
