import { createObject, patchObject, removeObject, replaceObject } from './changes.ts'
import { KubeError } from './errors.ts'
import { followObjects } from './follow.ts'
import { listObjects } from './list.ts'
import type { Follower, Kube, KubeAccess, KubeHost } from './model.ts'
import { objectPath } from './paths.ts'
import { parseJson, readObject } from './read-object.ts'
import { requestToken, reviewToken } from './tokens.ts'
import { createTransport } from './transport.ts'
import { watchObjects } from './watch.ts'

/** A client of that API server. No call is made before the first method is called. */
export function createKube(access: KubeAccess, host: KubeHost): Kube {
  const transport = createTransport(access, host)
  const followers = new Set<Follower<unknown>>()
  const get: Kube['get'] = async (resource, ref, options = {}) => {
    const { signal, onWarning } = options
    const path = objectPath(resource, ref)
    return readObject(parseJson(await transport.ask({ method: 'GET', path, signal, onWarning })))
  }
  return {
    access,
    get,
    find: async (resource, ref, options) => {
      try {
        return await get(resource, ref, options)
      } catch (failure) {
        if (failure instanceof KubeError && failure.reason === 'not-found') return undefined
        throw failure
      }
    },
    list: (resource, options) => listObjects(transport, resource, options),
    watch: (resource, options) => watchObjects(transport, resource, { ...options, randomness: host.randomness }),
    follow: (resource, options) => {
      const follower = followObjects(resource, options, { ...host, transport })
      followers.add(follower)
      return follower
    },
    create: (resource, document, options = {}) => createObject(transport, resource, { document, options }),
    replace: (resource, document, options = {}) => replaceObject(transport, resource, { document, options }),
    patch: (resource, ref, patch) => patchObject(transport, resource, { ref, patch }),
    remove: (resource, ref, options = {}) => removeObject(transport, resource, { ref, options }),
    requestToken: (serviceAccount, options) => requestToken(transport, serviceAccount, options),
    reviewToken: (token, options) => reviewToken(transport, token, options),
    text: (path, { signal, onWarning } = {}) =>
      transport.ask({ method: 'GET', path, accept: '*/*', signal, onWarning }),
    close: async () => {
      await Promise.all([...followers].map((follower) => follower.close()))
      transport.close()
    },
  }
}
