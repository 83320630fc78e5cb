/**
 * cluster/signer: signs for a real kube-apiserver as its external JWT signer (gRPC, ExternalJWTSigner v1) with the keys of a key store, and
 * reports there what kube-apiserver knows and how long its tokens live. It never changes keys, and never signs with one that is not published.
 */
export { SigningRefused } from './errors.ts'
export { type SignerServer, type SignerServerOptions, serveSigner } from './serve.ts'
export { openSigner, type SignedParts, type Signer, type SignerParts, type VerifyingKey } from './signer.ts'
export { clearStaleSocket, type SocketAccess } from './socket.ts'
