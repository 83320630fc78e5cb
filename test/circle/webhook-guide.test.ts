import { describeGuide } from './harness/guide.ts'

describeGuide('docs/guides/webhook.md', 'does what it says, but for Helm and what needs a node', { commands: 9 })
