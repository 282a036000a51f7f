import type { Workload } from './manifests.js';

/**
 * What keeps these pods from the profile "restricted" and from our own rules: not root, nothing to write to but its volumes, no token.
 *
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
export function podSecurityProblems({ pod, containers }: Workload): readonly string[] {
  const problems: string[] = [];
  const rule = (holds: boolean, problem: string): void => {
    if (!holds) problems.push(problem);
  };
  const context = pod.securityContext;
  rule(context?.runAsNonRoot === true, 'may run as root');
  rule((context?.runAsUser ?? 0) > 0, 'has no user');
  rule((context?.runAsGroup ?? 0) > 0, 'has no group');
  rule(context?.seccompProfile?.type === 'RuntimeDefault', 'filters no system calls');
  rule(pod.automountServiceAccountToken === false, 'has a token for the Kubernetes API');
  rule(pod.enableServiceLinks === false, 'gets variables named after services');
  rule(pod.hostNetwork !== true && pod.hostPID !== true && pod.hostIPC !== true, 'shares what belongs to the node');
  rule(
    (pod.volumes ?? []).every((volume) => volume.hostPath === undefined),
    'mounts a folder of the node',
  );
  for (const { name, securityContext: own, ports = [], resources } of containers) {
    rule(own?.allowPrivilegeEscalation === false, `${name} may gain rights`);
    rule(own?.privileged !== true, `${name} is privileged`);
    rule(own?.readOnlyRootFilesystem === true, `${name} may write to its image`);
    rule(own?.capabilities?.drop?.join() === 'ALL' && own.capabilities.add === undefined, `${name} has capabilities`);
    rule(own?.runAsUser === undefined && own?.runAsNonRoot === undefined, `${name} goes its own way about its user`);
    rule(
      ports.every((port) => port.hostPort === undefined),
      `${name} takes a port of the node`,
    );
    rule(resources?.limits?.['memory'] !== undefined, `${name} may take all memory`);
    rule(resources?.requests?.['memory'] !== undefined && resources.requests['cpu'] !== undefined, `${name} asks for nothing`);
  }
  return problems;
}
