import { invalidArgument } from './errors.ts'

/** SPEC: the one version of an object in a bucket without versioning is called `null`. @throws ApiError InvalidArgument */
export function checkVersion(versionId: string | undefined): void {
  if (versionId !== undefined && versionId !== 'null')
    throw invalidArgument('versionId', versionId, 'Invalid version id specified')
}

/** The action on one version when the call names one. */
export function actionFor(versionId: string | undefined, plain: string, onVersion: string): string {
  return versionId === undefined ? plain : onVersion
}
