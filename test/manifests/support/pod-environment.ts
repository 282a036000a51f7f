import type { IContainer } from 'kubernetes-models/v1/Container';
import { named } from './manifests.js';
import type { Manifest } from './manifests.js';

/** The variables that a container of these manifests gets, as Kubernetes puts them together: later ones win. */
export function podEnvironment(manifests: readonly Manifest[], container: IContainer): Readonly<Record<string, string>> {
  const env: Record<string, string> = {};
  for (const { configMapRef, secretRef } of container.envFrom ?? []) {
    if (secretRef !== undefined) throw new Error(`${container.name} takes a whole secret as variables.`);
    if (configMapRef?.name !== undefined) Object.assign(env, named(manifests, 'ConfigMap', configMapRef.name).data);
  }
  for (const { name, value } of container.env ?? []) {
    if (value === undefined) throw new Error(`${container.name} takes ${name} from elsewhere.`);
    env[name] = value;
  }
  return env;
}
