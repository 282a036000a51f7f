import { named, ofKind } from './manifests.js';
import type { Manifest } from './manifests.js';

/** What these manifests may open of PostgreSQL's connections at once. */
export interface Connections {
  readonly replicas: number;
  /** The pool of one process of each kind. */
  readonly ofApi: number;
  readonly ofWorker: number;
  readonly most: number;
}

/**
 * Adds up pools and what is opened besides them: two connections for notices of an API process, one of a worker, and one of each for a look
 * past a pool whose connections are all in use.
 *
 * @remarks One replica more starts during a roll-out while another ends; the Job needs one.
 */
export function mostConnections(manifests: readonly Manifest[]): Connections {
  const settings = ofKind(manifests, 'ConfigMap').find(({ data }) => data?.['DATABASE_POOL_SIZE'] !== undefined)?.data;
  const worker = named(manifests, 'Deployment', 'zakops-outbox-processor').spec;
  const ofApi = Number(settings?.['DATABASE_POOL_SIZE']);
  const ofWorker = Number(worker?.template.spec?.containers[0]?.env?.find(({ name }) => name === 'DATABASE_POOL_SIZE')?.value);
  const replicas = ofKind(manifests, 'HorizontalPodAutoscaler')[0]?.spec.maxReplicas ?? 1;
  return { replicas, ofApi, ofWorker, most: (replicas + 2) * (ofApi + 3) + (worker?.replicas ?? 0) * (ofWorker + 2) + 1 };
}
