import { initializeTracing, referenceOf, withActive } from '@agento/tracing';

const { tracer } = initializeTracing({ serviceName: 'my-agent' });

const span = tracer.createModuleSpan({
  moduleType: 'planner',
  operation: 'analyze_query',
  attributes: { query: 'Who repairs bicycles here?', max_iterations: 5 },
});
try {
  await withActive(span, async () => {
    const tool = tracer.createToolSpan({
      toolName: 'search_engine',
      parameters: { words: 'bicycle repair', api_key: 'k-2931' },
    });
    tool.end();
  });
  tracer.addEvent(span, 'query_analyzed', { steps: 3 });
  tracer.setSpanSuccess(span);
} catch (error) {
  tracer.recordException(span, error);
  throw error;
} finally {
  span.end();
}
console.log(`trace ${referenceOf(span).trace_id}`);
