import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import type { IStatefulSet } from 'kubernetes-models/apps/v1/StatefulSet';
import type { IHorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import type { IJob } from 'kubernetes-models/batch/v1/Job';
import type { IIngress } from 'kubernetes-models/networking.k8s.io/v1/Ingress';
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import type { IConfigMap } from 'kubernetes-models/v1/ConfigMap';
import type { INamespace } from 'kubernetes-models/v1/Namespace';
import type { IContainer } from 'kubernetes-models/v1/Container';
import type { IPodSpec } from 'kubernetes-models/v1/PodSpec';
import type { ISecret } from 'kubernetes-models/v1/Secret';
import type { IService } from 'kubernetes-models/v1/Service';
import type { IServiceAccount } from 'kubernetes-models/v1/ServiceAccount';
import type { IPrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule';
import type { IServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor';
import { parseAllDocuments } from 'yaml';
import { kustomize } from './kustomize.js';

interface Kinds {
  ConfigMap: IConfigMap;
  Deployment: IDeployment;
  HorizontalPodAutoscaler: IHorizontalPodAutoscaler;
  Ingress: IIngress;
  Job: IJob;
  Namespace: INamespace;
  NetworkPolicy: INetworkPolicy;
  PodDisruptionBudget: IPodDisruptionBudget;
  PrometheusRule: IPrometheusRule;
  Secret: ISecret;
  Service: IService;
  ServiceAccount: IServiceAccount;
  ServiceMonitor: IServiceMonitor;
  StatefulSet: IStatefulSet;
}

/** One document of a rendered overlay. */
export type Manifest = Kinds[keyof Kinds];

/** What makes pods, with the labels and the form of these pods. */
export interface Workload {
  readonly manifest: IDeployment | IJob | IStatefulSet;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly pod: IPodSpec;
  /** Init containers first. */
  readonly containers: readonly IContainer[];
}

/** The overlays that are shipped. */
export const OVERLAYS = ['staging', 'production', 'local'] as const;

/** Renders an overlay as `kubectl apply -k` does. */
export async function renderOverlay(overlay: string): Promise<readonly Manifest[]> {
  const text = rendered.get(overlay) ?? kustomize(`k8s/overlays/${overlay}`);
  rendered.set(overlay, text);
  return parseManifests(await text);
}

const rendered = new Map<string, Promise<string>>();

/** @throws Error on text that is no YAML, or that has a key twice */
export function parseManifests(text: string): readonly Manifest[] {
  return parseAllDocuments(text).map((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw error;
    const manifest = document.toJS() as Manifest;
    // kustomize breaks long lines of base64, which the schema does not know and every reader takes.
    if (manifest.kind === 'Secret' && manifest.data !== undefined) {
      manifest.data = Object.fromEntries(Object.entries(manifest.data).map(([key, text]) => [key, text.replaceAll(/\s/g, '')]));
    }
    return manifest;
  });
}

export function ofKind<K extends keyof Kinds>(manifests: readonly Manifest[], kind: K): readonly Kinds[K][] {
  return manifests.filter((manifest) => manifest.kind === kind) as Kinds[K][];
}

/** The manifest of this kind and name, or the failure of a test that needs it. */
export function named<K extends keyof Kinds>(manifests: readonly Manifest[], kind: K, name: string): Kinds[K] {
  const found = ofKind(manifests, kind).find((manifest) => manifest.metadata?.name === name);
  if (found === undefined) throw new Error(`There is no ${kind} ${name}.`);
  return found;
}

/** Everything that makes pods. */
export function workloads(manifests: readonly Manifest[]): readonly Workload[] {
  return [...ofKind(manifests, 'Deployment'), ...ofKind(manifests, 'StatefulSet'), ...ofKind(manifests, 'Job')].map((manifest) => {
    const template = manifest.spec?.template;
    if (template?.spec === undefined) throw new Error(`${manifest.kind} has no pods.`);
    const containers = [...(template.spec.initContainers ?? []), ...template.spec.containers];
    return { manifest, name: manifest.metadata?.name ?? '', labels: template.metadata?.labels ?? {}, pod: template.spec, containers };
  });
}

/** Those that run our image. */
export function ownWorkloads(manifests: readonly Manifest[]): readonly Workload[] {
  return workloads(manifests).filter(({ containers }) => containers.every(({ image }) => image?.includes('zakops-backend')));
}
