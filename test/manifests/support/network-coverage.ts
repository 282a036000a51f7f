import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { ofKind, workloads } from './manifests.js';
import type { Manifest } from './manifests.js';

type Labels = Readonly<Record<string, string>>;
type Selector = NonNullable<NonNullable<INetworkPolicy['spec']>['podSelector']>;

/** Whether a label selector takes these labels; one without a rule takes everything. */
export function selects({ matchLabels = {}, matchExpressions = [] }: Selector, labels: Labels): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      if (operator !== 'In') throw new Error(`${operator} is not understood here.`);
      return values.includes(labels[key] ?? '');
    })
  );
}

/** Pods whose traffic is not denied by default, in one direction or the other. */
export function openPods(manifests: readonly Manifest[]): readonly string[] {
  const policies = ofKind(manifests, 'NetworkPolicy').map(({ spec }) => spec);
  return workloads(manifests).flatMap(({ name, labels }) =>
    (['Ingress', 'Egress'] as const)
      .filter(
        (direction) => !policies.some((spec) => spec?.policyTypes?.includes(direction) === true && selects(spec.podSelector ?? {}, labels)),
      )
      .map((direction) => `${name}: ${direction}`),
  );
}
