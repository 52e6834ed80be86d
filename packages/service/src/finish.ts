import { type Run, StepError, step } from '@agento/agent';
import { type Artifact, type Finding, findings } from '@agento/contracts';
import { attribute, event, recordGuardrail, recordsContent, type Span, setWithEvent } from '@agento/tracing';
import { writeWhole } from '@agento/tracing/write-whole';
import { describeFile, outputName } from './files.ts';
import type { Module, RunFile } from './module.ts';

/** What a finished module hands on: the whole output and its JSON text. */
export interface Finished {
  output: object;
  text: string;
}

/** The last three steps of every module: its output is made, held against its contract, and written to disk. */
export async function finish(
  module: Module,
  run: Run,
  given: {
    output: object;
    /** What this module adds, as the trace records it. */
    added: object;
    files: RunFile[];
    /** Folder of the run's files. */
    directory: string;
    /** Makes sure that they are this attempt's alone; throws where they would not be. */
    claimFiles(): Promise<void>;
    onFileError(error: unknown): void;
  },
): Promise<Finished> {
  const text = await step(run, { name: 'output_creation', kind: 'output_creation' }, async (step) => {
    const text = JSON.stringify(given.output);
    const size = Buffer.byteLength(text);
    setWithEvent(step.span, 'module_output', event.moduleOutput, 'json', given.added);
    step.span.setAttribute('agento.output.size', size);
    step.summary = `${Object.keys(given.added).length} fields added`;
    step.capture({ run_id: run.id }, { fields: Object.keys(given.added), size });
    return text;
  });
  await guard(run, 'output_schema', () =>
    findings(module.output, given.output, { foreignNames: recordsContent() }),
  );
  const files = [
    ...given.files,
    { name: outputName(module.info.number), media_type: 'application/json', content: text },
  ];
  await exportFiles(run, files, given).catch((error: unknown) => {
    // A full disk must not lose a plan that has been paid for: the caller still gets it. The span, the log and /readyz say so.
    if (run.signal.aborted) throw error;
    given.onFileError(error);
  });
  return { output: given.output, text };
}

/** One guardrail: what it found stands on its span; a finding ends the run. */
function guard(run: Run, name: string, check: () => Finding[]): Promise<void> {
  return step(run, { name: 'validation', kind: 'validation' }, async (step) => {
    const problems = check().map(({ pointer, detail }) => `${pointer}: ${detail}`);
    recordGuardrail(step.span, name, problems);
    step.summary = `${name} ${problems.length === 0 ? 'passed' : 'failed'}`;
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
  { directory, claimFiles }: { directory: string; claimFiles(): Promise<void> },
): Promise<Artifact[]> {
  return step(run, { name: 'file_export', kind: 'file_export' }, async (step) => {
    const artifacts = files.map(describeFile);
    await claimFiles();
    for (const file of files) await writeWhole(directory, file.name, file.content);
    recordArtifacts(step.span, artifacts);
    step.summary = artifacts.map(({ name }) => name).join(', ');
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
