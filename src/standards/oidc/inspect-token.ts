import type { JsonObject } from '../../core/index.ts'
import { parseAlgorithm } from './algorithms.ts'
import { decodeBase64Url } from './base64url.ts'
import { malformedToken } from './errors.ts'
import { isJsonObject, MAX_TOKEN_LENGTH, parseObject } from './jws.ts'
import type { TokenInspection } from './model.ts'
import { audiencesOf, isNumericDate } from './peek-token.ts'

/** `iss` of the tokens that Kubernetes kept in secrets. */
export const LEGACY_ISSUER = 'kubernetes/serviceaccount'
/** The audiences that AWS STS is asked with, unless a provider says otherwise; the second one in China. */
const STS_AUDIENCES = ['sts.amazonaws.com', 'sts.amazonaws.com.cn'] as const

/**
 * Decodes a token for people, as much of it as can be decoded; white space around it does not matter.
 * UNVERIFIED: the result proves nothing.
 * @throws TokenError `malformed` when it is no JWT
 */
export function inspectToken(jwt: string): TokenInspection {
  const parts = jwt.trim().split('.')
  const [header = '', payload = ''] = parts
  if (parts.length !== 3) throw malformedToken(`expected three parts between dots, found ${parts.length}`)
  const decoded = { header: decode(header, 'header'), claims: decode(payload, 'payload') }
  const kind = kindOf(decoded.claims)
  return { kind, ...decoded, problems: kind === 'legacy-secret' ? LEGACY_PROBLEMS : problemsOf(jwt.trim(), decoded) }
}

const LEGACY_PROBLEMS: readonly string[] = [
  'This token comes out of a secret: it has no audience and never expires, and AWS STS answers that it finds no provider for ' +
    `\`${LEGACY_ISSUER}\`. Use the projected token that the pod identity webhook mounts, ` +
    '/var/run/secrets/eks.amazonaws.com/serviceaccount/token; on this machine `openirsa token mint` makes one.',
]

function decode(part: string, name: string): JsonObject {
  const bytes = decodeBase64Url(part)
  if (bytes === undefined) throw malformedToken(`the ${name} is not base64url`)
  return parseObject(bytes, name)
}

function kindOf(claims: JsonObject): TokenInspection['kind'] {
  if (claims.iss === LEGACY_ISSUER) return 'legacy-secret'
  const { sub } = claims
  const isOfServiceAccount = typeof sub === 'string' && sub.startsWith('system:serviceaccount:')
  return isOfServiceAccount && isJsonObject(claims['kubernetes.io']) ? 'projected' : 'other'
}

function problemsOf(jwt: string, { header, claims }: { header: JsonObject; claims: JsonObject }): readonly string[] {
  const { alg } = header
  const audiences = audiencesOf(claims.aud)
  const found: readonly (readonly [boolean, string])[] = [
    [jwt.length > MAX_TOKEN_LENGTH, `It is longer than the ${MAX_TOKEN_LENGTH} characters that AWS STS takes.`],
    [
      typeof alg !== 'string' || parseAlgorithm(alg) === undefined,
      'Its algorithm is none that AWS STS accepts: RS256, RS384, RS512, ES256, ES384, ES512.',
    ],
    [jwt.endsWith('.'), 'It has no signature.'],
    ...['iss', 'sub', 'aud', 'exp', 'iat'].map(
      (name) => [claims[name] === undefined, `It has no \`${name}\`, which AWS STS requires.`] as const,
    ),
    ...['exp', 'iat', 'nbf'].map(
      (name) =>
        [
          claims[name] !== undefined && !isNumericDate(claims[name]),
          `Its \`${name}\` is not in whole seconds.`,
        ] as const,
    ),
    [
      audiences !== undefined && claims.azp === undefined && audiences.length > 1,
      'It names several audiences and no `azp`: AWS STS refuses it.',
    ],
    [
      audiences !== undefined && !STS_AUDIENCES.some((audience) => audiences.includes(audience)),
      `Its audience is not \`${STS_AUDIENCES[0]}\`: it opens a role only where the provider has that audience among its client ids.`,
    ],
  ]
  return found.filter(([isSo]) => isSo).map(([, sentence]) => sentence)
}
