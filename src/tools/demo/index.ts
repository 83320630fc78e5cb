/**
 * tools/demo: the main job once, by itself, each step checked: token, exchange, an allowed call, a refused one and its explanation.
 * It knows no way into the circle that a user does not have.
 */
export { runDemo } from './demo.ts'
export { DemoError } from './errors.ts'
export type { DemoHost, Demonstrated, DemoOptions, DemoStep } from './model.ts'
