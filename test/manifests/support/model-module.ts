import type { Manifest } from './manifests.js';

/** The module that has the model of a kind, from the package that has its API group. */
export function modelModule({ apiVersion, kind }: Pick<Manifest, 'apiVersion' | 'kind'>): string {
  const pack = apiVersion.startsWith('monitoring.coreos.com/') ? '@kubernetes-models/prometheus-operator' : 'kubernetes-models';
  return `${pack}/${apiVersion}/${kind}`;
}
