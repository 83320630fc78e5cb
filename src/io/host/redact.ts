/** What must not reach a log, and how it is taken out. Patterns are constant; what they match is cut before it is written. */

const CUT = '[redacted]'

/** Members that hold a secret, whatever its form: lower case, without `-` and `_`. */
const SECRET_NAMES: ReadonlySet<string> = new Set([
  'authorization',
  'clientsecret',
  'controltoken',
  'cookie',
  'password',
  'privatekey',
  'proxyauthorization',
  'secret',
  'secretaccesskey',
  'secretkey',
  'sessiontoken',
  'setcookie',
  'signature',
  'token',
  'webidentitytoken',
  'xamzsecuritytoken',
  'xamzsignature',
])

/** Names of fields are few and come again with each line: what was found out about one is kept. */
const KNOWN_NAMES = new Map<string, boolean>()
const MOST_KNOWN_NAMES = 500

/** Whether a member of that name holds a secret. */
export function isSecretName(name: string): boolean {
  const known = KNOWN_NAMES.get(name)
  if (known !== undefined) return known
  const isSecret = namesSecret(name)
  if (KNOWN_NAMES.size < MOST_KNOWN_NAMES) KNOWN_NAMES.set(name, isSecret)
  return isSecret
}

function namesSecret(name: string): boolean {
  const word = name.toLowerCase().replaceAll('-', '').replaceAll('_', '')
  // In the environment and in files of the AWS tools they begin so.
  return SECRET_NAMES.has(word.startsWith('aws') ? word.slice('aws'.length) : word)
}

const PATTERNS: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  // A JWT, whole or cut: `eyJ` is `{"` in base64url.
  [/eyJ[A-Za-z0-9_-]{6,}(?:\.[A-Za-z0-9_-]*){0,4}/g, CUT],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, CUT],
  // Headers and query parameters that open something.
  [/\b(authorization|proxy-authorization|cookie)(["']?\s*[:=]\s*)[^\r\n]+/gi, `$1$2${CUT}`],
  [/\b(bearer)\s+[^\s"',;<>]+/gi, `$1 ${CUT}`],
  // As a member, a parameter or an element.
  [
    /(x-amz-security-token|x-amz-signature|signature|secret_?access_?key|session_?token|web_?identity_?token|client_?secret|control_?token|password)(["']?\s*[:=>]\s*["']?)[^\s"'&,;<>]+/gi,
    `$1$2${CUT}`,
  ],
  // Long base64, as session tokens are; identifiers and digests in hex or ARNs are shorter or have other characters.
  [/[A-Za-z0-9+/_-]{120,}={0,2}/g, CUT],
]

/** What a short text must have for any of the patterns to match it: most lines of a log have none of it. */
const SUSPICIOUS = /eyJ|-----|[:=>]|bearer/i
const SHORT = 120

/** The text without tokens, signatures and keys. */
export function redactText(text: string): string {
  if (text.length < SHORT && !SUSPICIOUS.test(text)) return text
  let clean = text
  for (const [pattern, replacement] of PATTERNS) clean = clean.replace(pattern, replacement)
  return clean
}
