/**
 * cloud: the second half of the circle: verifies every token and signature, and enforces every policy, for unmodified AWS clients.
 * It gives nobody an identity (the cluster half does), and listens on no port: whoever holds it passes requests in.
 */
export { type Cloud, type CloudOptions, createCloud } from './cloud.ts'
