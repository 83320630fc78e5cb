import type { TokenInspection } from '../../standards/oidc/index.ts'
import type { DenialRecord } from '../explain/index.ts'
import type { Installation, UpHost, UpOptions } from '../up/index.ts'

/** What the demo shows, step by step; each has been checked when it is told. */
export type DemoStep =
  | { readonly kind: 'issuer'; readonly issuer: string; readonly endpoint: string }
  | { readonly kind: 'token'; readonly serviceAccount: string; readonly inspection: TokenInspection }
  | { readonly kind: 'provider'; readonly arn: string; readonly clientIds: readonly string[] }
  | { readonly kind: 'role'; readonly arn: string }
  | { readonly kind: 'trust'; readonly document: unknown }
  | { readonly kind: 'exchange'; readonly accessKeyId: string; readonly expiration: string }
  | { readonly kind: 'identity'; readonly arn: string }
  | { readonly kind: 'allowed'; readonly action: string; readonly resource: string; readonly text: string }
  | {
      readonly kind: 'refused'
      readonly action: string
      readonly resource: string
      readonly code: string
      readonly message: string
    }
  | { readonly kind: 'explained'; readonly denial: DenialRecord }

export interface DemoOptions {
  /** How the circle is started; `demo` must be on. */
  readonly up: UpOptions
  /** The program that runs as the service account, without its two arguments: bucket and key. */
  readonly program: readonly string[]
}

export interface DemoHost {
  readonly up: UpHost
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly temporaryDirectory: string
  /** One line for people. */
  say(line: string): void
  tell(step: DemoStep): void
}

/** A demo that went as it should, with everything still running. */
export interface Demonstrated {
  readonly installation: Installation
}
