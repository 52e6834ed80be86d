import type { Span } from '@opentelemetry/api';
import { asSent } from '../genai-parts.ts';
import { harmless } from '../harmless.ts';
import { withActive } from '../library/begin.ts';
import { modelCallStart, recordAnswer, recordQuestion } from '../library/model-call.ts';
import { recordKeyed, toolCallStart } from '../library/tracer.ts';
import { attribute, libraryAttribute } from '../names.ts';
import { captureStep, setContent } from '../payload.ts';
import { failSpan } from '../span.ts';
import { agentRunStart, ForeignSpans } from './foreign-spans.ts';
import { answerOf, messageOf, resultOf, stateOf } from './langchain-calls.ts';
import { fieldsOf, listOf, parsed, stringOf } from './unknown.ts';

/** What LangChain hands to a node or a tool as its second argument, as far as it is read here. */
export interface RunnableConfig {
  callbacks?: unknown;
}

/**
 * A callback handler for LangChain.js and LangGraph.js: the spans of graphs, nodes, model calls and tools, in the trace that
 * is active where a graph is invoked. Runnables that only connect them have none.
 *
 * @example
 * initializeTracing({ serviceName: 'my-agent' });
 * const tracing = new LangChainHandler();
 * await graph.invoke(input, { callbacks: [tracing] });
 * // in a node or a tool: recordDecision(tracing.spanOf(config), decision)
 */
export class LangChainHandler {
  readonly name = 'agento';
  /** Called in step with the work, so that spans begin and end where it does. */
  readonly awaitHandlers = true;
  readonly raiseError = false;
  readonly ignoreLLM = false;
  readonly ignoreChain = false;
  readonly ignoreAgent = false;
  readonly ignoreRetriever = false;
  readonly ignoreCustomEvent = true;
  /** Nodes are noted by name. */
  readonly #spans = new ForeignSpans<string>();

  /** The span of the node or tool that was given this config; otherwise the active span. */
  spanOf(config: RunnableConfig | undefined): Span {
    const callbacks = config?.callbacks;
    const { getParentRunId } = fieldsOf(callbacks);
    return this.#spans.spanOf(
      typeof getParentRunId === 'function' ? getParentRunId.call(callbacks) : undefined,
    );
  }

  handleChainStart(
    chain: unknown,
    inputs: unknown,
    runId: string,
    parentRunId?: string,
    tags?: string[],
    metadata?: Record<string, unknown>,
    _runType?: string,
    runName?: string,
  ): void {
    harmless(() => {
      const node = metadata?.langgraph_node;
      if (isGraph(chain, parentRunId)) {
        const start = agentRunStart(stringOf(runName) ?? 'LangGraph');
        this.#spans.begin(runId, [parentRunId], start, (span) =>
          setContent(span, libraryAttribute.agentInput, stateOf(inputs)),
        );
      } else if (typeof node === 'string' && isNode(tags)) {
        const attributes = { [libraryAttribute.workflowStep]: node };
        this.#spans.begin(runId, [parentRunId], { name: node, attributes }, undefined, node);
      } else this.#spans.pass(runId, [parentRunId]);
    });
  }

  handleChainEnd(outputs: unknown, runId: string): void {
    this.#finish(runId, (span, node) => {
      const outcome = stateOf(outputs);
      if (node === undefined) setContent(span, libraryAttribute.agentOutput, outcome);
      else withActive(span, () => captureStep(node, { outputs: outcome }));
    });
  }

  handleChainError(error: unknown, runId: string): void {
    this.#fail(runId, error);
  }

  handleChatModelStart(
    _llm: unknown,
    messages: unknown,
    runId: string,
    parentRunId?: string,
    extra?: Record<string, unknown>,
    _tags?: string[],
    metadata?: Record<string, unknown>,
  ): void {
    harmless(() => {
      const start = modelCallStart({
        purpose: stringOf(metadata?.langgraph_node),
        model: stringOf(metadata?.ls_model_name) ?? stringOf(fieldsOf(extra?.invocation_params).model),
        provider: stringOf(metadata?.ls_provider),
      });
      this.#spans.begin(runId, [parentRunId], start, (span) =>
        recordQuestion(span, listOf(listOf(messages)[0]).map(messageOf)),
      );
    });
  }

  handleLLMStart(
    llm: unknown,
    prompts: unknown,
    runId: string,
    parentRunId?: string,
    extra?: Record<string, unknown>,
    tags?: string[],
    metadata?: Record<string, unknown>,
  ): void {
    const messages = listOf(prompts).map((content) => ({ role: 'user', content: asSent(content) }));
    this.handleChatModelStart(llm, [messages], runId, parentRunId, extra, tags, metadata);
  }

  handleLLMEnd(result: unknown, runId: string): void {
    this.#finish(runId, (span) => recordAnswer(span, answerOf(result)));
  }

  handleLLMError(error: unknown, runId: string): void {
    this.#fail(runId, error);
  }

  handleToolStart(
    tool: unknown,
    input: string,
    runId: string,
    parentRunId?: string,
    _tags?: string[],
    _metadata?: Record<string, unknown>,
    runName?: string,
    toolCallId?: string,
  ): void {
    harmless(() => {
      const name = stringOf(runName) ?? stringOf(listOf(fieldsOf(tool).id).at(-1)) ?? 'tool';
      this.#spans.begin(runId, [parentRunId], toolCallStart(name, toolCallId), (span) =>
        recordKeyed(span, attribute.genAiToolArguments, parsed(input)),
      );
    });
  }

  handleToolEnd(output: unknown, runId: string): void {
    this.#finish(runId, (span) => setContent(span, attribute.genAiToolResult, resultOf(output)));
  }

  handleToolError(error: unknown, runId: string): void {
    this.#fail(runId, error);
  }

  /** Retrievers have no span, but what they ask models belongs to their run. */
  handleRetrieverStart(_retriever: unknown, _query: string, runId: string, parentRunId?: string): void {
    harmless(() => this.#spans.pass(runId, [parentRunId]));
  }

  handleRetrieverEnd(_documents: unknown, runId: string): void {
    this.#finish(runId);
  }

  handleRetrieverError(_error: unknown, runId: string): void {
    this.#finish(runId);
  }

  #finish(runId: string, last?: (span: Span, node: string | undefined) => void): void {
    harmless(() => this.#spans.finish(runId, last));
  }

  /** LangGraph throws to wait for a person or to jump to another graph: that is no failure. */
  #fail(runId: string, error: unknown): void {
    this.#finish(runId, (span) => {
      if (fieldsOf(error).is_bubble_up !== true) failSpan(span, error);
    });
  }
}

function isGraph(chain: unknown, parentRunId: string | undefined): boolean {
  return parentRunId === undefined || listOf(fieldsOf(chain).id).includes('pregel');
}

function isNode(tags: unknown): boolean {
  const known = listOf(tags).map(String);
  return known.some((tag) => tag.startsWith('graph:step:')) && !known.includes('langsmith:hidden');
}
