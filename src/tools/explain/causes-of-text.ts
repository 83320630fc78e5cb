import { type CauseName, type DenialCause, findDenialCause } from '../../cloud/denials/index.ts'

/**
 * Sentences that callers see, and the causes behind each, likeliest first: one sentence of AWS may have many.
 * The first row whose words all stand in the text counts; special ones stand before general ones.
 */
const SENTENCES: readonly (readonly [words: readonly string[], causes: readonly CauseName[]])[] = [
  [['with an explicit deny in a service control policy'], ['organization', 'explicit-deny']],
  [['with an explicit deny'], ['explicit-deny']],
  [['because no session policy allows'], ['session-policy']],
  [['because no permissions boundary allows'], ['boundary']],
  [['because no service control policy allows'], ['organization']],
  [['because no resource control policy allows'], ['organization']],
  [['because no vpc endpoint policy allows'], ['endpoint-policy']],
  [['because no resource-based policy allows'], ['resource-policy']],
  [
    ['because no identity-based policy allows'],
    ['permission', 'bucket-versus-object', 'variable-unset', 'version-disables-variables'],
  ],
  [
    ['not authorized to perform sts:assumerolewithwebidentity'],
    [
      'trust-sub',
      'wildcard-equals',
      'stale-issuer',
      'trust-aud',
      'scheme-or-slash',
      'wrong-action-or-principal',
      'role-missing',
      'trust-condition',
    ],
  ],
  [['not authorized to perform: sts:assumerole'], ['wrong-action-or-principal', 'trust-condition', 'role-missing']],
  [['not authorized to perform', 'sts:tagsession'], ['tag-session-missing']],
  [['not authorized to perform', 'sts:setsourceidentity'], ['source-identity-missing']],
  [
    ['eks does not have permissions to assume the associated role'],
    ['wrong-action-or-principal', 'tag-session-missing', 'trust-condition', 'role-missing'],
  ],
  [['kubernetes service account token is expired'], ['expired']],
  [['kubernetes service account token is', 'another audience'], ['not-a-pod-token']],
  [['kubernetes service account token is', 'not bound to a pod'], ['not-a-pod-token']],
  [['kubernetes service account token is not one of this cluster'], ['not-a-pod-token']],
  [['kubernetes service account token is invalid'], ['bad-signature', 'not-a-token', 'not-a-pod-token', 'kid-drift']],
  [['is not authorized to perform'], ['permission']],
  [['no openidconnect provider found in your account for kubernetes/serviceaccount'], ['legacy-token']],
  [['no openidconnect provider found'], ['provider-missing', 'stale-issuer']],
  [['incorrect token audience'], ['aud-not-registered']],
  [['missing a required claim'], ['missing-claim', 'legacy-token']],
  [["couldn't retrieve verification key"], ['jwks-unreachable', 'kid-drift']],
  [["https certificate doesn't match configured thumbprint"], ['thumbprint']],
  [['is not a valid jwt'], ['not-a-token']],
  [['identity token could not be reached'], ['unconfirmed']],
  [['has expired or has been explicitly revoked'], ['bound-object-gone']],
  [
    ['web identity token', 'could not be validated'],
    ['bad-signature', 'missing-claim', 'not-yet-valid', 'unusable-claim'],
  ],
  [['token expired: current date/time'], ['expired']],
  [['token too old'], ['expired']],
  [['condition can contain only one colon'], ['scheme-or-slash']],
  [['signature not yet current'], ['clock-skew']],
  [['signature expired'], ['clock-skew', 'presigned-expired']],
  [['requesttimetooskewed'], ['clock-skew']],
  [['credential should be scoped'], ['wrong-scope']],
  [['the authorization header is malformed;'], ['wrong-scope']],
  [['request has expired'], ['presigned-expired']],
  [['request signature we calculated does not match'], ['signature-mismatch']],
  [['security token included in the request is expired'], ['session-expired']],
  [['provided token has expired'], ['session-expired']],
  [
    ['security token included in the request is invalid'],
    ['unknown-access-key', 'session-token', 'inactive-access-key', 'session-revoked'],
  ],
  [['provided token is malformed or otherwise invalid'], ['session-token', 'session-revoked']],
  [['access key id you provided does not exist'], ['unknown-access-key']],
  [['missing authentication token'], ['unsigned']],
  [['xamzcontentsha256mismatch'], ['payload-mismatch']],
  [['headers present in the request which were not signed'], ['unsigned-header']],
  [['does not conform to aws standards'], ['malformed-signature']],
]

/** The causes that an error text, as a program printed it, fits; none when it is no sentence that is known. */
export function causesOfText(text: string): readonly DenialCause[] {
  const said = text.toLowerCase().replaceAll('’', "'").replaceAll(/\s+/g, ' ')
  const [, names] = SENTENCES.find(([words]) => words.every((word) => said.includes(word))) ?? [[], []]
  return names.flatMap((name) => findDenialCause(name) ?? [])
}
