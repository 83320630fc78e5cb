// `import './load-typescript.mjs'` first, and TypeScript can be imported as it stands: no build that might be old. Types are only taken away;
// `npm run typecheck` is where they are checked.
import { register } from 'node:module'

register('./typescript-hooks.mjs', import.meta.url)
