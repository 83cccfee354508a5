// Accounts, log-in and tokens (SPEC 7).

import assert from 'node:assert/strict';
import { createPublicKey, createVerify } from 'node:crypto';
import { after, before, describe, it } from 'node:test';

import { admin } from './support/server.mjs';
import { World, payloadOf, token } from './support/world.mjs';

describe('accounts', () => {
  let world, api;
  before(async () => {
    world = await World.open();
    api = world.api;
  });
  after(() => world?.close());

  it('are made once for an e-mail, whatever its case (ID1)', async () => {
    const { email } = await world.customer();
    const problem = await api.refused(400, 'already_exists', 'POST', '/auth/register', {
      json: { email: email.toUpperCase(), password: 'another one', name: '다른 사람' },
    });
    assert.equal(problem.error, '이미 존재하는 이메일입니다.');
  });

  it('need an e-mail, a password of six characters and a name, and all that is wrong is told at once (SE1)', async () => {
    const { body } = await api.call(400, 'POST', '/auth/register', { json: {} });
    assert.deepEqual(body.errors.map((each) => each.field).sort(), ['email', 'name', 'password']);
    for (const [field, value] of [
      ['email', 'nobody'],
      ['email', 'a@b'],
      ['email', 'a b@example.com'],
      ['password', '12345'],
      ['password', 'x'.repeat(129)],
      ['password', 123456],
      ['name', ''],
      ['name', 'x'.repeat(201)],
      ['name', 'line\nfeed'],
    ]) {
      const json = { email: `new-${process.pid}@example.com`, password: 'long enough', name: '이름', [field]: value };
      const refused = await api.refused(400, 'invalid_argument', 'POST', '/auth/register', { json });
      assert.equal(refused.errors[0].field, field, JSON.stringify(json));
    }
  });

  it('never get a role by asking for it (ID4)', async () => {
    const { user } = await api.post(201, '/auth/register', {
      json: {
        email: `sly-${process.pid}@example.com`,
        password: 'let me in',
        name: '꾀',
        role: 'admin',
        isAdmin: true,
      },
    });
    assert.equal(user.role, 'user');
  });

  it('log in by password, and a wrong one is told like an unknown e-mail (ID1 SE2)', async () => {
    const { email, password } = await world.customer();
    const answer = await api.post(200, '/auth/login', { json: { email: ` ${email.toUpperCase()} `, password } });
    assert.equal(answer.user.email, email);
    const wrong = await api.refused(401, 'credentials_refused', 'POST', '/auth/login', {
      json: { email, password: 'wrong' },
    });
    assert.equal(wrong.error, '이메일 또는 비밀번호가 일치하지 않습니다.');
    const unknown = await api.refused(401, 'credentials_refused', 'POST', '/auth/login', {
      json: { email: 'nobody@example.com', password },
    });
    assert.equal(unknown.error, wrong.error);
    await api.refused(400, 'invalid_argument', 'POST', '/auth/login', { json: { email } });
  });

  it('are locked by five wrong passwords, the right one included, and the answer says until when (ID4)', async () => {
    const { email, password } = await world.customer();
    for (let i = 0; i < 5; ++i) await api.call(401, 'POST', '/auth/login', { json: { email, password: `guess ${i}` } });
    const problem = await api.refused(423, 'account_locked', 'POST', '/auth/login', { json: { email, password } });
    assert.ok(Date.parse(problem.until) > Date.now());
  });

  it('carry {userId, email, role, iat, exp} in the token, for seven days (ID3)', async () => {
    const customer = await world.customer();
    const payload = payloadOf(customer.token);
    assert.equal(payload.userId, customer.user.id);
    assert.equal(payload.email, customer.email);
    assert.equal(payload.role, 'user');
    assert.equal(payload.exp - payload.iat, 7 * 24 * 60 * 60);
  });

  it('get new tokens for a refresh token, which is good once (ID3)', async () => {
    const customer = await world.customer();
    const next = await api.post(200, '/auth/refresh-token', { json: { refreshToken: customer.refreshToken } });
    assert.notEqual(next.refreshToken, customer.refreshToken);
    await api.get('/auth/me', { token: next.token });

    // Another tab that had it too, or somebody who never got the answer, is a moment later.
    const tab = await api.post(200, '/auth/refresh-token', { json: { refreshToken: customer.refreshToken } });
    const last = await api.post(200, '/auth/refresh-token', { json: { refreshToken: tab.refreshToken } });
    // Whoever sends it once more has stolen it, or was stolen from: nobody goes on with this session.
    await api.refused(401, 'refresh_reused', 'POST', '/auth/refresh-token', {
      json: { refreshToken: customer.refreshToken },
    });
    await api.refused(401, 'token_invalid', 'POST', '/auth/refresh-token', {
      json: { refreshToken: last.refreshToken },
    });
    await api.refused(403, 'token_invalid', 'GET', '/auth/me', { token: last.token });
  });

  it('refuse a refresh token that never was', async () => {
    await api.refused(401, 'token_invalid', 'POST', '/auth/refresh-token', { json: { refreshToken: 'x'.repeat(43) } });
    await api.refused(400, 'invalid_argument', 'POST', '/auth/refresh-token', { json: {} });
  });

  it('log out of one session, and of that only (ID1 SE2)', async () => {
    const customer = await world.customer();
    const other = await api.post(200, '/auth/login', { json: { email: customer.email, password: customer.password } });
    await api.post(200, '/auth/logout', { token: customer });
    await api.refused(403, 'token_invalid', 'GET', '/auth/me', { token: customer });
    await api.refused(401, 'token_invalid', 'POST', '/auth/refresh-token', {
      json: { refreshToken: customer.refreshToken },
    });
    await api.get('/auth/me', { token: other.token });
  });

  it('show and change their profile; what is left out stays (ID3)', async () => {
    const customer = await world.customer('처음');
    const changed = await api.call(200, 'PATCH', '/auth/me', {
      token: customer,
      json: { name: '나중', phone: '010-0000-0000', profileImage: 'https://img.example.com/me.png' },
    });
    assert.equal(changed.body.user.name, '나중');
    const second = await api.call(200, 'PATCH', '/auth/me', { token: customer, json: { phone: '' } });
    assert.deepEqual(
      [second.body.user.name, second.body.user.phone, second.body.user.profile_image],
      ['나중', null, 'https://img.example.com/me.png'],
    );
    const me = await api.get('/auth/me', { token: customer });
    assert.deepEqual([me.name, me.user.name, me.email], ['나중', '나중', customer.email]);
    await api.refused(400, 'invalid_argument', 'PATCH', '/auth/me', { token: customer, json: { name: 7 } });
    const sly = await api.call(200, 'PATCH', '/auth/me', {
      token: customer,
      json: { role: 'admin', email: 'x@example.com' },
    });
    assert.deepEqual([sly.body.user.role, sly.body.user.email], ['user', customer.email]);
  });

  it('change their password with the current one, which ends all other sessions (ID3)', async () => {
    const customer = await world.customer();
    const { email } = customer;
    const other = await api.post(200, '/auth/login', { json: { email, password: customer.password } });
    const wanted = 'a better one';
    await api.refused(400, 'credentials_refused', 'POST', '/auth/password', {
      token: customer,
      json: { currentPassword: 'not it', newPassword: wanted },
    });
    await api.refused(400, 'invalid_argument', 'POST', '/auth/password', {
      token: customer,
      json: { currentPassword: customer.password, newPassword: 'short' },
    });
    await api.post(200, '/auth/password', {
      token: customer,
      json: { currentPassword: customer.password, newPassword: wanted },
    });
    await api.get('/auth/me', { token: customer });
    await api.refused(403, 'token_invalid', 'GET', '/auth/me', { token: other.token });
    await api.call(401, 'POST', '/auth/login', { json: { email, password: customer.password } });
    await api.post(200, '/auth/login', { json: { email, password: wanted } });
    for (let i = 0; i < 5; ++i)
      await api.call(400, 'POST', '/auth/password', {
        token: customer,
        json: { currentPassword: `guess ${i}`, newPassword: wanted },
      });
    await api.refused(423, 'account_locked', 'POST', '/auth/password', {
      token: customer,
      json: { currentPassword: wanted, newPassword: wanted },
    });
  });

  it('are refused by forged, altered, expired and unsigned tokens (ID3 SE2)', async () => {
    const customer = await world.customer();
    const good = payloadOf(customer.token);
    const now = Math.floor(Date.now() / 1000);
    await api.get('/auth/me', { token: token(good) });
    for (const [why, forged] of [
      ['alg none', token(good, { secret: null, header: { alg: 'none', typ: 'JWT' } })],
      ['alg None', token(good, { secret: null, header: { alg: 'None', typ: 'JWT' } })],
      ['no signature', `${customer.token.split('.').slice(0, 2).join('.')}.`],
      ['another secret', token(good, { secret: 'guessed secret of more than thirty-two bytes' })],
      ['another algorithm', token(good, { header: { alg: 'RS256', typ: 'JWT' } })],
      ['expired', token({ ...good, iat: now - 1000, exp: now - 1 })],
      ['of the future', token({ ...good, iat: now + 100_000, exp: now + 200_000 })],
      ['no expiry', token({ ...good, exp: undefined })],
      ['a text for an expiry', token({ ...good, exp: '9999999999' })],
      ['another session', token({ ...good, sid: '0198f0a2-4c1e-7d3b-8a55-1f2e3d4c5b6a' })],
      ['somebody else’s session', token({ ...good, userId: payloadOf(world.admin.token).userId })],
      ['not three parts', 'abc.def'],
      ['not base64', 'ü.ü.ü'.replace(/ü/g, '*')],
      ['very long', 'x'.repeat(5000)],
    ])
      await api.refused(403, 'token_invalid', 'GET', '/auth/me', { token: forged }).catch((error) => {
        error.message = `${why}: ${error.message}`;
        throw error;
      });
  });

  it('that claim a role in the token do not get it: what is stored counts (ID4)', async () => {
    const customer = await world.customer();
    const claimed = token({ ...payloadOf(customer.token), role: 'admin' });
    await api.refused(403, 'not_permitted', 'GET', '/admin/users', { token: claimed });
  });

  it('that are gone are told so with USER_NOT_FOUND', async () => {
    const customer = await world.customer();
    const ghost = token({ ...payloadOf(customer.token), userId: '0198f0a2-4c1e-7d3b-8a55-1f2e3d4c5b6a' });
    await api.refused(401, 'USER_NOT_FOUND', 'GET', '/auth/me', { token: ghost });
  });

  it('with the admin role are made at start from the environment, and only once (ID4)', async () => {
    const { user } = await api.post(200, '/auth/login', { json: admin });
    assert.equal(user.role, 'admin');
    await world.server.restart();
    world.api.server = world.server;
    const again = await api.post(200, '/auth/login', { json: admin });
    assert.equal(again.user.id, user.id);
  });

  it('sign by HS256 without telling a key (SE2)', async () => {
    assert.deepEqual(await api.get('/.well-known/jwks.json'), { keys: [] });
  });
});

describe('tokens without a configured secret', () => {
  let world;
  before(async () => {
    world = await World.open({ hs256: false });
  });
  after(() => world?.close());

  it('are RS256, and anybody can check them with the published keys (ID3)', async () => {
    const { keys } = await world.api.get('/.well-known/jwks.json');
    const [header, payload, signature] = world.admin.token.split('.');
    const { alg, kid } = JSON.parse(Buffer.from(header, 'base64url'));
    assert.equal(alg, 'RS256');
    const key = createPublicKey({ key: keys.find((each) => each.kid === kid), format: 'jwk' });
    const good = createVerify('RSA-SHA256')
      .update(`${header}.${payload}`)
      .verify(key, Buffer.from(signature, 'base64url'));
    assert.ok(good);
  });

  it('are not accepted when they are signed with the public key as if it were a secret', async () => {
    const { keys } = await world.api.get('/.well-known/jwks.json');
    const pem = createPublicKey({ key: keys[0], format: 'jwk' }).export({ type: 'spki', format: 'pem' });
    for (const secret of [pem, JSON.stringify(keys[0]), keys[0].n]) {
      const forged = token(payloadOf(world.admin.token), {
        secret,
        header: { alg: 'HS256', typ: 'JWT', kid: keys[0].kid },
      });
      await world.api.refused(403, 'token_invalid', 'GET', '/auth/me', { token: forged });
    }
  });

  it('stay good over a restart', async () => {
    await world.server.restart();
    await world.api.get('/auth/me', { token: world.admin });
  });
});
