import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { renderAwsConfig, renderExports, renderUnset } from './shell.ts'

const NASTY = `it's "a" \\ $HOME \`id\` value`

describe('the lines for a shell', () => {
  test('sh reads back exactly what was meant, and nothing is run', () => {
    const lines = renderExports({ AWS_SECRET_ACCESS_KEY: NASTY, AWS_REGION: 'us-east-1' }, 'sh')
    const script = `${lines}\nprintf %s "$AWS_SECRET_ACCESS_KEY|$AWS_REGION|$AWS_SESSION_TOKEN|$AWS_PROFILE"`
    const env = { AWS_SESSION_TOKEN: 'left from before', AWS_PROFILE: 'other' }
    expect(execFileSync('/bin/sh', ['-c', script], { env, encoding: 'utf8' })).toBe(`${NASTY}|us-east-1||`)
  })

  test('sh forgets all of it again', () => {
    const set = renderExports({ AWS_ACCESS_KEY_ID: 'AKIA', AWS_CA_BUNDLE: '/ca' }, 'sh')
    const script = `${set}\n${renderUnset('sh')}\nenv`
    const left = execFileSync('/bin/sh', ['-c', script], { env: { PATH: '/usr/bin:/bin' }, encoding: 'utf8' })
    expect(left).not.toMatch(/AWS_/)
  })

  test('fish and PowerShell have quotes of their own', () => {
    expect(renderExports({ A: NASTY }, 'fish')).toContain(`set -gx A 'it\\'s "a" \\\\ $HOME \`id\` value'`)
    expect(renderExports({ A: NASTY }, 'pwsh')).toContain(`$Env:A = 'it''s "a" \\ $HOME \`id\` value'`)
    expect(renderUnset('fish')).toContain('set -e AWS_ENDPOINT_URL')
    expect(renderUnset('pwsh')).toContain('Remove-Item Env:AWS_ENDPOINT_URL')
  })
})

test('a profile names the endpoint, and the CA where there is one', () => {
  const variables = {
    AWS_ACCESS_KEY_ID: 'AKIA',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_REGION: 'us-east-1',
    AWS_ENDPOINT_URL: 'https://127.0.0.1:4566',
    AWS_CA_BUNDLE: '/ca.pem',
  }
  expect(renderAwsConfig(variables)).toBe(
    [
      '[profile openirsa]',
      'region = us-east-1',
      'endpoint_url = https://127.0.0.1:4566',
      'aws_access_key_id = AKIA',
      'aws_secret_access_key = secret',
      'ca_bundle = /ca.pem',
    ].join('\n'),
  )
})
