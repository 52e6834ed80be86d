import type { Answer } from './answer.ts';
import { ApiError } from './api-error.ts';
import { isFields } from './chat-request.ts';
import type { Fault } from './faults.ts';

/** The answer with the fault applied; throws an ApiError if the fault is one. */
export function spoil(answer: Answer, fault: Fault | undefined): Answer {
  switch (fault?.kind) {
    case '429':
      throw new ApiError(429, 'Rate limit reached, as this request asked for.', {
        type: 'rate_limit_error',
        code: 'rate_limit_exceeded',
        headers: { 'retry-after': String(fault.seconds) },
      });
    case '500':
      throw new ApiError(500, 'The server had an error, as this request asked for.', {
        type: 'server_error',
      });
    case 'no-schema':
      throw new ApiError(
        400,
        "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.",
        {
          param: 'response_format',
        },
      );
    case 'cut': {
      const characters = [...(answer.content ?? '')];
      return {
        content: characters.slice(0, Math.ceil(characters.length / 2)).join(''),
        finish_reason: 'length',
      };
    }
    case 'wrong':
      return { content: misshapen(answer.content), finish_reason: 'stop' };
    case 'refusal':
      return {
        content: null,
        refusal: 'I will not answer that, as this request asked for.',
        finish_reason: 'stop',
      };
    default:
      return answer;
  }
}

/** Valid JSON of the wrong shape: the first field is missing and an unknown one was added. */
function misshapen(content: string | null): string {
  const value: unknown = JSON.parse(content?.startsWith('{') ? content : '{}');
  const fields = isFields(value) ? Object.entries(value).slice(1) : [];
  return JSON.stringify({ unexpected: true, ...Object.fromEntries(fields) });
}
