/**
 * standards/checksums: the sums by which S3 knows that bytes arrived as they were sent, taken piece by piece: CRC-32, CRC-32C,
 * CRC-64/NVME, SHA and MD5. It compares nothing and knows no headers.
 */
export { CHECKSUMS, type ChecksumAlgorithm, type ChecksumSink, isChecksumAlgorithm } from './checksums.ts'
