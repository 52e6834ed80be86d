import type { Redactor } from '@agento/redaction';
import { redactAttributes } from '@agento/redaction/opentelemetry';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';

/**
 * Removes secrets from the resources of spans, once each: an SDK's detectors write down the command line of the process, and
 * with it what was passed there.
 */
export function redactResource(redactor: Redactor): (span: ReadableSpan) => void {
  let last: ReadableSpan['resource'] | null = null;
  return ({ resource }) => {
    if (resource === last) return;
    last = resource;
    const read = () => redactAttributes(null, resource.attributes, redactor);
    if (!resource.asyncAttributesPending) read();
    else void resource.waitForAsyncAttributes?.().then(read, read);
  };
}
