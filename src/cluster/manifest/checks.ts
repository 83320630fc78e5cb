import { ConfigError, isNamespaceName } from '../../core/index.ts'

/** @throws ConfigError for a name that no namespace can have */
export function checkNamespaceName(name: string): void {
  if (isNamespaceName(name)) return
  throw new ConfigError(`\`${name}\` cannot be a namespace: expected lower-case letters, digits and dashes`)
}

/** SPEC: distribution/reference: host, path, tag, digest; the kubelet refuses the rest, but only when it pulls. */
const IMAGE =
  /^[a-z0-9]([-a-z0-9._]*[a-z0-9])?(:\d{1,5})?(\/[a-z0-9]+([-._]+[a-z0-9]+)*)*(:[\w][\w.-]{0,127})?(@sha256:[0-9a-f]{64})?$/i

/** @throws ConfigError for what is no reference of an image */
export function checkImage(image: string): void {
  if (image.length <= 400 && IMAGE.test(image)) return
  throw new ConfigError(`\`${image}\` is no image: expected such as \`registry.example/openirsa:1.0\``)
}

/** @throws ConfigError unless it is certificates, PEM, and nothing secret */
export function checkEndpointAuthority(pem: string): void {
  if (!/-----BEGIN CERTIFICATE-----/.test(pem))
    throw new ConfigError("the endpoint's authority is no certificate: expected PEM with BEGIN CERTIFICATE")
  if (pem.includes('PRIVATE KEY'))
    throw new ConfigError("the endpoint's authority comes with a private key: expected its certificate alone")
}
