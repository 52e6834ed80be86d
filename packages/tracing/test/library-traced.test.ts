import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { initializeTracing, traced, traceModuleOperation } from '../src/index.ts';
import { collectSpans } from '../src/testing.ts';
import { onlySpan } from './in-trace.ts';

const collection = collectSpans();
const tracing = initializeTracing({ serviceName: 'test', processors: [collection.processor] }, {});

afterEach(() => collection.clear());
afterAll(() => tracing.shutdown());

const only = (name: string) => onlySpan(collection, name);

describe('traced', () => {
  test('keeps the function as it was: arguments, result, this, sync or not', async () => {
    const counter = {
      start: 40,
      add: traced('add', function (this: { start: number }, more: number) {
        return this.start + more;
      }),
    };
    const sum: number = counter.add(2);
    const later: Promise<string> = traced('later', async (text: string) => text.toUpperCase())('done');
    expect([sum, await later]).toEqual([42, 'DONE']);
    expect([only('add').status.code, only('later').status.code]).toEqual(['OK', 'OK']);
  });

  test('records what the function throws, and throws it on', async () => {
    const refuse = () => {
      throw new RangeError('too far');
    };
    expect(traced('sync', refuse)).toThrow('too far');
    await expect(traced('async', async () => refuse())()).rejects.toThrow('too far');
    const facts = ({ status, attributes }: ReturnType<typeof only>) => [status, attributes['error.type']];
    const failed = [{ code: 'ERROR', message: 'too far' }, 'RangeError'];
    expect([facts(only('sync')), facts(only('async'))]).toEqual([failed, failed]);
  });

  test('nests calls', () => {
    const inner = traced('inner', () => 1);
    traced('outer', () => inner())();
    expect(only('inner').parentSpanId).toBe(only('outer').spanId);
  });

  test('ends with the last turn of an async generator, whose spans are its children', async () => {
    const inner = traced('inner', async (word: string) => word);
    const words = traced('stream', async function* (...all: string[]) {
      for (const word of all) yield await inner(word);
      return 'end';
    });
    const stream: AsyncGenerator<string, string> = words('one');
    expect(await stream.next()).toEqual({ done: false, value: 'one' });
    expect(collection.spans().map(({ name }) => name)).toEqual(['inner']);
    expect(await stream.next()).toEqual({ done: true, value: 'end' });
    expect(await stream.next()).toEqual({ done: true, value: undefined });
    expect(only('stream').status.code).toBe('OK');
    expect(only('inner').parentSpanId).toBe(only('stream').spanId);
  });

  test('ends with an async generator that is left, or that fails', async () => {
    const count = traced('count', async function* () {
      for (let number = 0; ; number += 1) {
        if (number === 2) throw new RangeError('too far');
        yield number;
      }
    });
    for await (const number of count()) if (number === 0) break;
    expect(only('count').status.code).toBe('OK');
    collection.clear();
    await expect(Array.fromAsync(count())).rejects.toThrow('too far');
    expect(only('count').status).toEqual({ code: 'ERROR', message: 'too far' });
  });

  test('leaves what only looks like an async generator alone', async () => {
    const own = Object.freeze({
      next: () => 'no promise',
      return: () => 'no promise',
      throw: () => 'no promise',
      [Symbol.asyncIterator]() {
        return this;
      },
    });
    expect(traced('own', () => own)().next()).toBe('no promise');
    expect(only('own').status.code).toBe('OK');
  });

  /** A query as database clients have it: `then` runs it. */
  class Query {
    runs = 0;
    readonly #answer: () => unknown;
    constructor(answer: () => unknown) {
      this.#answer = answer;
    }
    // biome-ignore lint/suspicious/noThenProperty: that is what these clients do
    then(onFulfilled?: (value: unknown) => unknown, onRejected?: (error: unknown) => unknown) {
      this.runs += 1;
      const answered = traced('driver', async () => this.#answer())();
      return answered.then(onFulfilled, onRejected);
    }
  }

  test('leaves it to the caller to run a query that it returns, and ends with it', async () => {
    const query = new Query(() => 'rows');
    const result = traced('query', () => query)();
    expect([result === query, query.runs, collection.spans()]).toEqual([true, 0, []]);
    expect([await result, query.runs]).toEqual(['rows', 1]);
    expect(only('query').status.code).toBe('OK');
    expect(only('driver').parentSpanId).toBe(only('query').spanId);
    expect([await result, query.runs]).toEqual(['rows', 2]);
  });

  test('records how a query failed, and passes that on', async () => {
    const failing = () =>
      new Query(() => {
        throw new RangeError('no such table');
      });
    const awaited = traced('awaited', failing)();
    await expect((async () => await awaited)()).rejects.toThrow('no such table');
    expect(only('awaited').status).toEqual({ code: 'ERROR', message: 'no such table' });
    const caught = await traced('caught', failing)().then(
      () => 'no',
      (error) => String(error),
    );
    expect([caught, only('caught').attributes['error.type']]).toEqual([
      'RangeError: no such table',
      'RangeError',
    ]);
    await expect(traced('passed', failing)().then()).rejects.toThrow('no such table');
    await expect(traced('given', () => new Query(() => 'rows'))().then()).resolves.toBe('rows');
  });

  test('hands on a result that can hardly be looked at', () => {
    const frozen = Object.freeze(new Query(() => 'rows'));
    const hostile = Object.defineProperty({}, 'then', {
      get() {
        throw new Error('not to be looked at');
      },
    });
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    for (const result of [frozen, hostile, proxy, null, undefined]) {
      expect(traced('odd', () => result)() === result).toBe(true);
      expect(only('odd').status.code).toBe('OK');
      collection.clear();
    }
  });

  test('gives back the very promise a client returned', async () => {
    const answer = Object.assign(Promise.resolve('text'), { asResponse: () => 'raw' });
    const result = traced('client', () => answer)();
    expect(result).toBe(answer);
    expect(await result).toBe('text');
    expect(only('client').status.code).toBe('OK');
  });
});

describe('traceModuleOperation', () => {
  test('wraps a function, named after itself in snake_case or as told', async () => {
    async function analyzeQuery(query: string) {
      return query.length;
    }
    expect(await traceModuleOperation('planner')(analyzeQuery)('four')).toBe(4);
    expect(traceModuleOperation('executor', 'execute_step')(() => 'done')()).toBe('done');
    expect(only('planner.analyze_query').attributes).toMatchObject({
      'module.type': 'planner',
      'module.operation': 'analyze_query',
    });
    expect(only('executor.execute_step').status).toEqual({ code: 'OK' });
  });

  test('is a standard method decorator', () => {
    class Verifier {
      limit = 3;
      checkAll(values: number[]) {
        return values.every((value) => value < this.limit);
      }
    }
    const context: ClassMethodDecoratorContext<Verifier, Verifier['checkAll']> = {
      kind: 'method',
      name: 'checkAll',
      static: false,
      private: false,
      access: { has: (verifier) => 'checkAll' in verifier, get: (verifier) => verifier.checkAll },
      addInitializer: () => {},
      metadata: {},
    };
    Verifier.prototype.checkAll = traceModuleOperation('verifier')(Verifier.prototype.checkAll, context);
    expect(new Verifier().checkAll([1, 2])).toBe(true);
    expect(only('verifier.check_all').attributes['module.operation']).toBe('check_all');
  });

  test('asks for a name where the function has none', () => {
    expect(() =>
      traceModuleOperation('planner')(
        (
          () => () =>
            1
        )(),
      ),
    ).toThrow('a function without a name needs the operation');
  });
});
