import type { WholeCatalogue } from './every-service.ts'

/** The catalogue of all services: close to a megabyte of names, which only those load who look into policies of any kind. */
export async function loadWholeCatalogue(): Promise<WholeCatalogue> {
  const { wholeCatalogue } = await import('./every-service.ts')
  return wholeCatalogue
}
