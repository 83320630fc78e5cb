/**
 * io/trail: keeps every call, allowed and refused, as CloudTrail writes it; finds calls again by what LookupEvents offers.
 * It decides nothing about a call, and its records are never changed. Used by the gateway and the cloudtrail service.
 */
export type { ExtraRow, LookupAttribute, Trail, TrailListQuery, TrailPage, TrailQuery, TrailRecord } from './model.ts'
export { trailMigrations } from './tables.ts'
export { createTrail, type TrailParts } from './trail.ts'
