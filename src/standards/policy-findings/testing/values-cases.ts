import { type Case, identity, when } from './documents.ts'

export const VALUES_CASES: Readonly<Record<string, Case>> = {
  TYPE_MISMATCH: identity(
    when('StringEquals', 'aws:SecureTransport', 'true'),
    when('Bool', 'aws:SecureTransport', 'true'),
    'operator type Boolean instead of operator StringEquals for the condition key aws:SecureTransport.',
  ),
  TYPE_MISMATCH_BOOLEAN: identity(
    when('Bool', 'aws:SecureTransport', 'yes'),
    when('Bool', 'aws:SecureTransport', false),
    'operator Bool.',
  ),
  TYPE_MISMATCH_DATE: identity(
    when('DateLessThan', 'aws:CurrentTime', '2026-13-01'),
    when('DateLessThan', 'aws:CurrentTime', ['2026-12-01T10:00:00Z', '2026-12']),
  ),
  TYPE_MISMATCH_NUMBER: identity(
    when('NumericEquals', 'aws:MultiFactorAuthAge', '12h'),
    when('NumericEquals', 'aws:MultiFactorAuthAge', [12, '1e3', '-.5']),
    'operator NumericEquals.',
  ),
  TYPE_MISMATCH_STRING: identity(
    when('BinaryEquals', 'aws:username', 'a b'),
    when('BinaryEquals', 'aws:username', 'QmFzZTY0'),
  ),
  INVALID_DATE_VALUE: identity(
    when('DateLessThan', 'aws:CurrentTime', '1767225600'),
    when('DateLessThan', 'aws:CurrentTime', '2026-01-01'),
    'date 1767225600 might',
  ),
  INVALID_REGION: identity(
    when('StringEquals', 'aws:RequestedRegion', ['eu-west-1', 'eu-vest-1']),
    when('StringLike', 'aws:RequestedRegion', ['eu-*', 'eu-west-1']),
    'Region eu-vest-1 is',
  ),
  INVALID_VPC_FORMAT: identity(
    when('StringEquals', 'aws:SourceVpc', '12345678'),
    when('StringEquals', 'aws:SourceVpc', 'vpc-0123456789abcdef0'),
  ),
  INVALID_VPCE_FORMAT: identity(
    when('StringEquals', 'aws:SourceVpce', 'vpc-12345678'),
    when('StringEquals', 'aws:SourceVpce', 'vpce-12345678'),
  ),
  TYPE_MISMATCH_IP_RANGE: identity(
    when('IpAddress', 'aws:SourceIp', '203.0.113.0/33'),
    when('IpAddress', 'aws:SourceIp', ['203.0.113.0/24', '2001:db8::/32']),
    'operator IpAddress is',
  ),
  IMPROVE_IP_RANGE: identity(
    when('IpAddress', 'aws:SourceIp', '203.0.113.7/24'),
    when('IpAddress', 'aws:SourceIp', '203.0.113.7/32'),
    'Replace address with 203.0.113.0/24.',
  ),
  PRIVATE_IP_ADDRESS: identity(
    when('IpAddress', 'aws:SourceIp', ['10.0.0.0/8', 'fd00::/8']),
    when('IpAddress', 'aws:SourceIp', ['10.0.0.0/8', '203.0.113.0/24']),
  ),
  PRIVATE_NOTIPADDRESS: identity(
    when('NotIpAddress', 'aws:SourceIp', '192.168.1.0/24'),
    when('NotIpAddress', 'aws:SourceIp', '0.0.0.0/0'),
  ),
  PRIVATE_IP_ADDRESS_SUBSET: identity(
    when('IpAddress', 'aws:SourceIp', ['10.0.0.0/8', '203.0.113.0/24']),
    when('IpAddress', 'aws:SourceIp', ['203.0.113.0/24']),
  ),
  PRIVATE_NOTIPADDRESS_SUBSET: identity(
    when('NotIpAddress', 'aws:SourceIp', ['10.0.0.0/8', '203.0.113.0/24']),
    when('NotIpAddress', 'aws:SourceIp', ['10.0.0.0/8']),
  ),
}
