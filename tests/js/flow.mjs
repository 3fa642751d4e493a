// A strict client (oauth4webapi) walks the whole flow: it prints where a browser must go, and reads where that led to.
import * as readline from 'node:readline/promises'
import * as oauth from 'oauth4webapi'

const said = JSON.parse(process.argv[2])
const plain = { [oauth.allowInsecureRequests]: true } // the instance under test is on this machine
const input = readline.createInterface({ input: process.stdin })
const lines = input[Symbol.asyncIterator]()
const issuer = new URL(said.issuer)
const client = { client_id: said.client_id }
const proof = said.client_secret ? oauth.ClientSecretBasic(said.client_secret) : oauth.None()

async function discovered(algorithm) {
  return oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, { algorithm, ...plain }))
}

const as = await discovered('oidc')
await discovered('oauth2')

const verifier = oauth.generateRandomCodeVerifier()
const state = oauth.generateRandomState()
const nonce = oauth.generateRandomNonce()
const address = new URL(as.authorization_endpoint)
address.search = new URLSearchParams({
  client_id: said.client_id,
  redirect_uri: said.redirect_uri,
  response_type: 'code',
  scope: 'openid profile offline_access directory:read',
  code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
  code_challenge_method: 'S256',
  state,
  nonce,
}).toString()
console.log(address.href)

const back = new URL((await lines.next()).value)
const params = oauth.validateAuthResponse(as, client, back, state)
const answer = await oauth.authorizationCodeGrantRequest(as, client, proof, params, said.redirect_uri, verifier, plain)
const tokens = await oauth.processAuthorizationCodeResponse(as, client, answer, {
  expectedNonce: nonce,
  requireIdToken: true,
  maxAge: 3600,
})
await oauth.validateApplicationLevelSignature(as, answer, plain)
const claims = oauth.getValidatedIdTokenClaims(tokens)

const info = await oauth.processUserInfoResponse(
  as,
  client,
  claims.sub,
  await oauth.userInfoRequest(as, client, tokens.access_token, plain),
)
const people = await oauth.protectedResourceRequest(
  tokens.access_token,
  'GET',
  new URL('/v1/people', issuer),
  undefined,
  undefined,
  plain,
)
const refreshed = await oauth.processRefreshTokenResponse(
  as,
  client,
  await oauth.refreshTokenGrantRequest(as, client, proof, tokens.refresh_token, plain),
)
await oauth.processRevocationResponse(await oauth.revocationRequest(as, client, proof, refreshed.refresh_token, plain))
const after = await fetch(new URL('/v1/people', issuer), { headers: { authorization: `Bearer ${refreshed.access_token}` } })

console.log(
  JSON.stringify({
    sub: claims.sub,
    name: info.name,
    scope: tokens.scope.split(' ').sort(),
    people: people.status,
    rotated: refreshed.refresh_token !== tokens.refresh_token,
    after: after.status,
  }),
)
input.close()
