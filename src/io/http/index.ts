/**
 * http: listens (one port for HTTP and HTTPS), fetches foreign issuers within limits, keeps their keys.
 * It knows no AWS API; what a request means is decided by whoever listens.
 */
export {}
