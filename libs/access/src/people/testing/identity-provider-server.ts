import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';
import { createServer, type RequestListener, type Server } from 'node:http';
import { freePort } from '../../../../../test/support/free-port.js';

/** The part of oidc-provider, which brings no types, that is used here. */
interface ProviderClass {
  new (issuer: string, configuration: object): { callback(): RequestListener };
}

export const AUDIENCE = 'https://scheduler.example';
const CLIENT = { id: 'robot', secret: 'the secret of the robot' };

type SigningKey = Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];

/** A certified OpenID provider (npm: oidc-provider) on loopback, whose keys can be changed. */
export class IdentityProviderServer {
  private server: Server | null = null;
  private signingKey!: SigningKey;
  private keyId = 0;

  private constructor(private readonly port: number) {}

  static async start(): Promise<IdentityProviderServer> {
    const provider = new IdentityProviderServer(await freePort());
    await provider.rotateKeys();
    return provider;
  }

  get issuer(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** From now on it has another key, and says nothing of the one before. */
  async rotateKeys(): Promise<void> {
    const { privateKey } = await generateKeyPair('RS256', { extractable: true });
    this.signingKey = privateKey;
    this.keyId += 1;
    const jwk: JWK = { ...(await exportJWK(privateKey)), kid: String(this.keyId), alg: 'RS256', use: 'sig' };
    await this.stop();
    const name: string = 'oidc-provider'; // As text, for it brings no types.
    const { default: Provider } = (await import(name)) as { default: ProviderClass };
    this.server = createServer(new Provider(this.issuer, configurationWith(jwk)).callback());
    const { server, port } = this;
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  }

  /** An access token as the provider itself gives it, by client_credentials. */
  async ownToken(): Promise<string> {
    const response = await fetch(`${this.issuer}/token`, {
      method: 'POST',
      headers: { Authorization: `Basic ${btoa(`${CLIENT.id}:${encodeURIComponent(CLIENT.secret)}`)}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', resource: AUDIENCE }),
    });
    const { access_token: token } = (await response.json()) as { access_token?: string };
    if (token === undefined) throw new Error(`The provider gave no token: ${response.status}`);
    return token;
  }

  /** A token of a person in these groups, signed with the provider's key, with some claims changed. */
  token(groups: readonly string[], changes: JWTPayload = {}): Promise<string> {
    const now = Math.floor(Date.now() / 1_000);
    const claims = { iss: this.issuer, aud: AUDIENCE, sub: 'ada', iat: now, exp: now + 600, groups };
    return new SignJWT({ ...claims, ...changes })
      .setProtectedHeader({ alg: 'RS256', kid: String(this.keyId) })
      .sign(this.signingKey);
  }

  async stop(): Promise<void> {
    const { server } = this;
    this.server = null;
    server?.closeAllConnections();
    if (server) await new Promise((resolve) => server.close(resolve));
  }
}

function configurationWith(jwk: JWK): object {
  const robot = { client_id: CLIENT.id, client_secret: CLIENT.secret };
  return {
    jwks: { keys: [jwk] },
    clients: [{ ...robot, grant_types: ['client_credentials'], redirect_uris: [], response_types: [] }],
    extraTokenClaims: () => ({ groups: ['robots'] }),
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: () => ({
          scope: '',
          audience: AUDIENCE,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
  };
}
