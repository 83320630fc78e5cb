/** The form of the generated tables. */

export type AccessLevel = 'Read' | 'List' | 'Write' | 'Tagging' | 'Permissions management'

/** Access level, names of resource types (required ones first), names of condition keys. */
export type ActionRow = readonly [level: AccessLevel, resources: readonly string[], conditionKeys: readonly string[]]

/** By IAM prefix. */
export type ActionTables = Readonly<
  Record<
    string,
    {
      readonly actions: Readonly<Record<string, ActionRow>>
      /** Resource type to ARN template, with `${Partition}`, `${Account}`, `${BucketName}` … to fill in. */
      readonly resources: Readonly<Record<string, string>>
    }
  >
>

/** An action, where it applies, and when: without `when`, or in the first row, always. */
export type OverrideRow = readonly [action: string, resource: string, when?: string]

/** Operations whose actions are not the one that is named after them; by IAM prefix and operation. */
export type OverrideTables = Readonly<Record<string, Readonly<Record<string, readonly OverrideRow[]>>>>

/** By IAM prefix; each text is a list with spaces between: names of actions, ARN templates, condition keys as `key=Type` or `key=Type[]`. */
export type ServiceTexts = Readonly<
  Record<string, readonly [actions: string, templates: string, conditionKeys: string]>
>
