/** The provider's URL without its scheme, as condition keys begin with it. */
export function issuerOf(providerArn: string): string {
  return providerArn.slice(providerArn.indexOf(':oidc-provider/') + ':oidc-provider/'.length)
}
