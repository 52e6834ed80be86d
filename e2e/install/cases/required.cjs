const { initializeTracing } = require('@agento/tracing');
const { collectSpans } = require('@agento/tracing/testing');
const { createDelivery } = require('@agento/delivery');
const { createRedactor } = require('@agento/redaction');

const collection = collectSpans();
const { tracer } = initializeTracing({ processors: [collection.processor] });
tracer.createToolSpan({ toolName: 'search_engine', parameters: { api_key: 'k-2931' } }).end();
const [span] = collection.spans();
console.log(
  span.name,
  span.attributes['gen_ai.tool.call.arguments'],
  typeof createDelivery,
  typeof createRedactor,
);
