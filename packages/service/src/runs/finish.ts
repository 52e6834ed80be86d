import { type Run, StepError, step } from '@agento/agent';
import {
  type Artifact,
  type Finding,
  fileExport,
  findings,
  outputCreation,
  validation,
} from '@agento/contracts';
import {
  attribute,
  event,
  recordGuardrail,
  recordsContent,
  type Span,
  setContentWithEvent,
} from '@agento/tracing';
import type { Module, RunFile } from '../module.ts';
import { describeFile, outputName } from './files.ts';

/** What a finished module passes on: the whole output and its JSON text. */
export interface Finished {
  output: object;
  text: string;
}

/** The last three steps of every module: create the output, validate it, write it to disk. */
export async function finish(
  module: Module,
  run: Run,
  given: {
    output: object;
    /** What this module adds, as the trace records it. */
    added: object;
    files: RunFile[];
    write(name: string, text: string): Promise<void>;
    onFileError(error: unknown): void;
  },
): Promise<Finished> {
  const text = await step(run, outputCreation, {}, async (step) => {
    const text = JSON.stringify(given.output);
    setContentWithEvent(step.span, attribute.moduleOutput, event.moduleOutput, 'json', given.added);
    const size = Buffer.byteLength(text);
    step.finish({
      summary: `${Object.keys(given.added).length} fields added`,
      attributes: { [attribute.outputSize]: size },
    });
    step.capture({ run_id: run.id }, { fields: Object.keys(given.added), size });
    return text;
  });
  await guard(run, 'output_schema', () =>
    findings(module.info.output, given.output, { foreignNames: recordsContent() }),
  );
  const files = [
    ...given.files,
    { name: outputName(module.info.number), media_type: 'application/json', content: text },
  ];
  await exportFiles(run, files, given).catch((error: unknown) => {
    // A full disk must not lose a plan that has been paid for: the caller still gets it; span, log and /readyz report it.
    if (run.signal.aborted) throw error;
    given.onFileError(error);
  });
  return { output: given.output, text };
}

/** One guardrail: its findings are on its span; any finding ends the run. */
function guard(run: Run, name: string, check: () => Finding[]): Promise<void> {
  return step(run, validation, {}, async (step) => {
    const problems = check().map(({ pointer, detail }) => `${pointer}: ${detail}`);
    recordGuardrail(step.span, name, problems);
    step.finish({
      summary: `${name} ${problems.length === 0 ? 'passed' : 'failed'}`,
      attributes: { [attribute.guardrailName]: name, [attribute.guardrailPassed]: problems.length === 0 },
    });
    step.capture({ guardrail: name }, { passed: problems.length === 0, problems });
    if (problems.length > 0) {
      throw new StepError('internal', `The guardrail ${name} found ${problems.length} problems`, {
        problems,
      });
    }
  });
}

function exportFiles(
  run: Run,
  files: RunFile[],
  { write }: { write(name: string, text: string): Promise<void> },
): Promise<Artifact[]> {
  return step(run, fileExport, {}, async (step) => {
    const artifacts = files.map(describeFile);
    for (const file of files) await write(file.name, file.content);
    recordArtifacts(step.span, artifacts);
    step.finish({ summary: artifacts.map(({ name }) => name).join(', '), attributes: {} });
    step.capture({ run_id: run.id }, { artifacts });
    return artifacts;
  });
}

function recordArtifacts(span: Span, artifacts: Artifact[]): void {
  const [only] = artifacts;
  if (artifacts.length === 1 && only) {
    span.setAttribute(attribute.artifactName, only.name);
    span.setAttribute(attribute.artifactSha256, only.sha256);
    span.setAttribute(attribute.artifactSize, only.size);
    span.setAttribute(attribute.artifactMediaType, only.media_type);
    return;
  }
  for (const artifact of artifacts) span.addEvent(event.artifact, { ...artifact });
}
