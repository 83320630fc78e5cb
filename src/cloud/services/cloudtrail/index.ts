/**
 * cloud/services/cloudtrail: LookupEvents over the installation's trail.
 * It writes no records (the gateway does) and knows neither trails, buckets for them nor Lake.
 */
export { type CloudTrailOptions, createCloudTrail } from './service.ts'
