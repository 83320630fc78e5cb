import { describeGuide } from './harness/guide.ts'

describeGuide('docs/guides/pod-identity.md', 'does what it says, but for what needs a node', {
  cluster: { issuer: 'https://my-cluster.example' },
  commands: 20,
  begin: ({ mustRun }) => mustRun('openirsa up --detach && eval "$(openirsa env)"'),
})
