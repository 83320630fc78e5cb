import { renderIsoSeconds } from '../../core/index.ts'
import type { ObtainedCredentials } from './obtain.ts'

/** Forms of one and the same credentials. This is where their secrets leave, for whoever asked for them. */

/**
 * What a `credential_process` prints.
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
 */
export function renderProcessCredentials(obtained: ObtainedCredentials): string {
  return JSON.stringify({
    Version: 1,
    AccessKeyId: obtained.accessKeyId,
    SecretAccessKey: obtained.secretAccessKey.reveal(),
    SessionToken: obtained.sessionToken.reveal(),
    Expiration: renderIsoSeconds(obtained.expiresAt),
  })
}

/**
 * What a container credentials endpoint answers.
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
 */
export function renderContainerCredentials(obtained: ObtainedCredentials): string {
  return JSON.stringify({
    RoleArn: obtained.roleArn,
    AccessKeyId: obtained.accessKeyId,
    SecretAccessKey: obtained.secretAccessKey.reveal(),
    Token: obtained.sessionToken.reveal(),
    Expiration: renderIsoSeconds(obtained.expiresAt),
  })
}

/** Variables that every SDK reads, with where to go. */
export function credentialVariables(obtained: ObtainedCredentials): Readonly<Record<string, string>> {
  const { facts } = obtained
  return {
    AWS_ACCESS_KEY_ID: obtained.accessKeyId,
    AWS_SECRET_ACCESS_KEY: obtained.secretAccessKey.reveal(),
    AWS_SESSION_TOKEN: obtained.sessionToken.reveal(),
    AWS_CREDENTIAL_EXPIRATION: renderIsoSeconds(obtained.expiresAt),
    AWS_REGION: facts.region,
    AWS_DEFAULT_REGION: facts.region,
    AWS_ENDPOINT_URL: facts.endpoint,
  }
}

/** A profile for `~/.aws/credentials` that holds until they expire. */
export function renderProfile(obtained: ObtainedCredentials, profile: string): string {
  return [
    `[${profile}]`,
    `# until ${renderIsoSeconds(obtained.expiresAt)}`,
    `aws_access_key_id = ${obtained.accessKeyId}`,
    `aws_secret_access_key = ${obtained.secretAccessKey.reveal()}`,
    `aws_session_token = ${obtained.sessionToken.reveal()}`,
    `region = ${obtained.facts.region}`,
    `endpoint_url = ${obtained.facts.endpoint}`,
  ].join('\n')
}
