/** Public interface of this folder: what certificates cover, where objects use them, and how many an authority issues. */
export { coversHost, uncoveredHosts } from './coverage';
export {
  AUTHORITY_ANNOTATION,
  CAA_ANNOTATION,
  type CertificateRequest,
  CHALLENGE_ANNOTATION,
  issuanceMistakes,
  issuanceWarnings,
} from './issuance';
export { type TlsUse, tlsUses } from './tls-uses';
