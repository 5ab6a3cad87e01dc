/** Access source: what the place is called where the way to a cluster is written, so that a remedy names what is there to correct. */

/** Words for messages, each to stand inside a sentence. */
export interface AccessSource {
  /** As in "the credential plugin aws of context fra". */
  readonly whose: string;
  /** Where everything about the cluster is written. */
  readonly place: string;
  /** The entry with the address of the API server. */
  readonly server: string;
  /** The entry with who signs its certificate. */
  readonly authority: string;
  /** The entry with the name in its certificate. */
  readonly serverName: string;
  /** The entry with the proxy. */
  readonly proxy: string;
  /** What to do when the server does not accept who asks. A sentence. */
  readonly login: string;
  /** What to do where the cluster is gone for good. */
  readonly forget: string;
}

/** Where the way by an access reference is written, as far as the reference tells. */
export function sourceOfAccess({
  context = '',
  secret,
}: {
  readonly context?: string | undefined;
  readonly secret?: string | undefined;
}): AccessSource {
  return secret === undefined ? sourceOfContext(context) : sourceOfTokenSecret(secret);
}

/** The context of a kubeconfig. */
export function sourceOfContext(context: string): AccessSource {
  const place = 'the kubeconfig';
  return {
    ...kubeconfigKeys(place),
    whose: `context ${context}`,
    place,
    login: 'Log in again with the tool that wrote the context.',
    forget: 'remove its context',
  };
}

/** A kubeconfig in a Secret of a hub. */
export function sourceOfSecretKubeconfig(secret: string): AccessSource {
  const place = `the kubeconfig in the Secret ${secret}`;
  return { ...kubeconfigKeys(place), ...ofSecret(secret, place) };
}

/** A cluster Secret of Argo CD. */
export function sourceOfArgoSecret(secret: string): AccessSource {
  const place = `the Secret ${secret}`;
  return {
    ...ofSecret(secret, place),
    server: `server in ${place}`,
    authority: `tlsClientConfig.caData in ${place}`,
    serverName: `tlsClientConfig.serverName in ${place}`,
    proxy: `proxyUrl in ${place}`,
  };
}

/** A Secret with a token; the address is in the fleet. */
export function sourceOfTokenSecret(secret: string): AccessSource {
  const place = `the Secret ${secret}`;
  const server = 'server in access of the cluster';
  return {
    ...ofSecret(secret, place),
    server,
    authority: `ca.crt in ${place}`,
    serverName: server,
    proxy: 'HTTPS_PROXY',
  };
}

/** What the provider block of Terraform says of a cluster. */
export function sourceOfProviderBlock(cluster: string): AccessSource {
  const place = `clusters.${cluster} of the provider block`;
  return {
    whose: place,
    place,
    server: `host in ${place}`,
    authority: `cluster_ca_certificate in ${place}`,
    serverName: `tls_server_name in ${place}`,
    proxy: `proxy_url in ${place}`,
    login: `Correct token, client_certificate or exec in ${place}.`,
    forget: `remove ${place}`,
  };
}

function kubeconfigKeys(place: string) {
  return {
    server: `server of the cluster in ${place}`,
    authority: `certificate-authority-data of the cluster in ${place}`,
    serverName: `tls-server-name of the cluster in ${place}`,
    proxy: `proxy-url of the cluster in ${place}`,
  };
}

function ofSecret(secret: string, place: string) {
  return {
    whose: `the Secret ${secret}`,
    place,
    login: `Renew the credentials in the Secret ${secret}.`,
    forget: 'remove it from the inventory of the hub',
  };
}
