/**
 * The deliberate differences from the reference webhook that can be switched back, one by one.
 * TWIN: docs/reference/webhook-compatibility.md has a row for each.
 */
export const COMPATIBILITY_SWITCHES = {
  'empty-audience': 'an empty audience is passed on, so that the token is for the API server',
  'blank-role': 'a role of blanks is injected, and an empty one is composed to an ARN',
  'untrimmed-lists': 'blanks in `skip-containers` count as part of the names',
  'unclamped-expiration': 'an expiration over 86400 s, or under 600 s in the ConfigMap, is passed on',
  'taken-mount-path': 'a second mount is added at a path that already has one',
  'taken-volume-name': "another volume of the token volume's name is mounted in its place",
  'node-selector-os': 'only `nodeSelector` makes a pod a Windows pod',
  'whole-arrays': 'containers are patched as whole arrays, also where nothing changes',
  'whole-config-map': 'one bad entry makes the whole ConfigMap unread',
  silent: 'no warnings and no audit annotations are given',
} as const satisfies Record<string, string>

export type CompatibilitySwitch = keyof typeof COMPATIBILITY_SWITCHES

/** The switch of this name, or undefined. */
export function findCompatibilitySwitch(name: string): CompatibilitySwitch | undefined {
  return Object.hasOwn(COMPATIBILITY_SWITCHES, name) ? (name as CompatibilitySwitch) : undefined
}
