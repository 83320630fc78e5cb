import { renderManifest } from '../../cluster/manifest/index.ts'
import { type GuardOptions, planGuard } from '../../cluster/webhook-manifest/index.ts'

/** The guard as YAML, for `kubectl apply -f -`, with what it lets pass, does not see and costs. @throws ConfigError */
export function renderWebhookGuard(options: GuardOptions): Promise<string> {
  return renderManifest(planGuard(options), HEADING)
}

const HEADING = [
  'openirsa: refuses pods whose service account names a role, when a container would start without credentials for it.',
  'It fails closed, is the API server’s own (Kubernetes 1.30 or newer), and needs no webhook to be running.',
  'It lets pass: the label eks.amazonaws.com/skip-pod-identity-webhook, containers in the annotation skip-containers, credentials',
  'set by hand (both variables), mirrors of static pods, namespaces excluded. Whoever may create pods may set that label: it is no',
  'border between tenants.',
  'It does not see: roles given by the ConfigMap or for container credentials only, variables that come by envFrom.',
  'It costs an evaluation for each service account in the namespace of the pod that the selector picks: under 0.1 s a pod at 200,',
  'some seconds at 10,000. Where there are many, label those with roles, and say --selector.',
  'To take it away: kubectl delete validatingadmissionpolicybinding,validatingadmissionpolicy openirsa-webhook-guard',
].join('\n')
