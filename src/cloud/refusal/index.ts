/**
 * cloud/refusal: AWS's words for what the gateway refuses: the denied sentence, and one exhaustive table of signature words a wire family.
 * Pure tables. It decides nothing, and it never names a policy's contents; why a call was refused is kept by cloud/denials.
 */
export { type DeniedCall, deniedSentence } from './denied-sentence.ts'
export { type RefusedCall, refuseJson, refuseQuery, refuseRestJson, refuseS3 } from './refuse.ts'
export { jsonSignatureWords, querySignatureWords, type SignatureWords, s3SignatureWords } from './signature-words.ts'
