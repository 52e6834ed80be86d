import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { environmentFolder, installEnvironment } from '../src/python-environment.ts';
import type { Resource } from './render.ts';

const requirements = join(import.meta.dirname, 'requirements.txt');
const name = 'kubernetes-schemas';

/** Installs the schemas if they are missing; returns why they cannot be installed, null once they are there. */
export const installSchemas = (): string | null => installEnvironment(name, requirements);

/** The oldest version the chart takes, and the newest there are schemas of. */
export const versions = ['1.27.0', '1.37.0'];

/** What Kubernetes of this version would not take of an object, fields it does not know included. */
export function schemaCheck(version: string): (resource: Resource) => string[] {
  const [folder] = globSync(
    `lib/python3*/site-packages/kubernetes_validate/kubernetes-json-schema/v${version}-local-strict`,
    { cwd: environmentFolder(name, requirements) },
  );
  if (folder === undefined) throw new Error(`There are no schemas of Kubernetes ${version}`);
  const read = (file: string): object =>
    JSON.parse(readFileSync(join(environmentFolder(name, requirements), folder, file), 'utf8'));
  const ajv = new Ajv({ strict: false, validateFormats: false, validateSchema: false, allErrors: true });
  ajv.addSchema(read('_definitions.json'), '_definitions.json');
  const known = new Map<string, ValidateFunction>();
  return (resource) => {
    const [group = '', last = group] = resource.apiVersion.split('/');
    const kind = [resource.kind.toLowerCase(), ...(group === last ? [] : [group.split('.')[0]]), last].join(
      '-',
    );
    const validate = known.get(kind) ?? ajv.compile(read(`${kind}.json`));
    known.set(kind, validate);
    validate(resource);
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
    );
  };
}
