import { importModule } from './import-module.mjs';
import type { Manifest } from './manifests.js';
import { modelModule } from './model-module.js';
import { unknownFields } from './unknown-fields.js';

/** A model class of kubernetes-models: it validates by the schema of Kubernetes' own OpenAPI document. */
type Model = new (manifest: Manifest) => { validate(): void };

/**
 * What a Kubernetes API server would object to: wrong types and values, missing fields, and fields that do not exist (a server only warns of
 * these, and runs without them).
 */
export async function schemaProblems(manifests: readonly Manifest[]): Promise<readonly string[]> {
  const problems = await Promise.all(manifests.map(problemsOfValues));
  return [...problems.flat(), ...unknownFields(manifests).flat()];
}

async function problemsOfValues(manifest: Manifest): Promise<readonly string[]> {
  const models = await importModule(modelModule(manifest));
  const model = models[manifest.kind] as Model;
  try {
    new model(manifest).validate();
    return [];
  } catch (error) {
    return [`${manifest.kind}: ${String(error instanceof Error ? error.message : error)}`];
  }
}
