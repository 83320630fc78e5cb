export const NAME = 'openirsa-agent'

export const AUTHORITY_CONFIG_MAP = `${NAME}-endpoint-authority`
export const AUTHORITY_DIRECTORY = '/etc/agent/endpoint-authority'
export const TOKEN_DIRECTORY = '/var/run/secrets/sts.amazonaws.com/serviceaccount'

/**
 * SPEC: where the webhook of EKS Pod Identity sends pods; SDKs speak plain http with this address and with few others.
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
 */
export const AGENT_ADDRESS = '169.254.170.23'

/** On the node's own loopback: nothing but the kubelet asks there. */
export const HEALTH = { address: '127.0.0.1', port: 2703 } as const

export const SELECTOR = { 'app.kubernetes.io/name': NAME } as const
export const LABELS = { ...SELECTOR, 'app.kubernetes.io/part-of': 'openirsa' } as const

/** SPEC: the webhook leaves such pods alone; the agent must start where no webhook answers. */
export const SKIP_LABEL = 'eks.amazonaws.com/skip-pod-identity-webhook'
